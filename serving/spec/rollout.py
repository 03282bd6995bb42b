"""`rollout`: how a change reaches the traffic."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, Strict

from llmdeploy.serving.spec.duration import Seconds
from llmdeploy.serving.spec.evaluation import Evaluation
from llmdeploy.serving.spec.region import RegionName
from llmdeploy.serving.spec.section import SpecSection

Strategy = Literal["canary", "blue-green", "all-at-once", "shadow"]


class AbortOn(SpecSection):
    """Past any of these, a rollout goes back by itself."""

    error_rate: Annotated[float, Strict(), Field(ge=0, le=1)] | None = Field(
        default=None,
        description="Failed requests, as a share of all: 0.01 is one in a hundred.",
        examples=[0.01],
    )
    ttft_p95: Seconds | None = Field(
        default=None, description="Time to first token, 95th percentile.", examples=["2s"]
    )
    tpot_p95: Seconds | None = Field(
        default=None,
        description="Time per output token after the first, 95th percentile.",
        examples=["50ms"],
    )
    slower: Annotated[float, Strict(), Field(gt=1, le=100)] | None = Field(
        default=None,
        description="Times as slow as the old version at the median, the mean or the 95th percentile; "
        "1.5 when absent.",
        examples=[1.5],
    )


class Rollout(SpecSection):
    """The steps of a change, region by region."""

    strategy: Strategy = Field(
        default="canary",
        description=(
            "canary: the new version takes over step by step; blue-green: at once, from a whole fleet beside "
            "the old one; all-at-once: it takes the old one's place; shadow: as canary, but first it is sent "
            "copies of requests, whose answers nobody sees."
        ),
        examples=["canary"],
    )
    steps: (
        Annotated[tuple[Annotated[int, Strict(), Field(ge=1, le=100)], ...], Field(min_length=1)] | None
    ) = Field(
        default=None,
        description="Shares of the traffic that reach the new version, in percent, ending in 100.",
        examples=[[5, 25, 50, 100]],
    )
    bake: Seconds | None = Field(default=None, description="How long each step is watched.", examples=["10m"])
    min_requests: Annotated[int, Strict(), Field(ge=20, le=1_000_000)] | None = Field(
        default=None,
        description="Requests that each version must have answered before a step is passed; 100 when absent.",
        examples=[100],
    )
    order: Annotated[tuple[RegionName, ...], Field(min_length=1)] | None = Field(
        default=None,
        description="The regions to change first; the others follow in the order of the spec.",
        examples=[["aws/eu-west-1", "aws/us-east-1"]],
    )
    surge: Annotated[int, Strict(), Field(ge=0)] | None = Field(
        default=None,
        description=(
            "Replicas that may run in a region beyond its own number; as many as are needed when absent. "
            "0: replicas are drained first, and the new version takes their place."
        ),
        examples=[1],
    )
    abort_on: AbortOn | None = Field(default=None, description="When to go back.")
    eval: Evaluation | None = Field(
        default=None,
        description="The quality gate.",
        examples=[{"prompts": "gate.jsonl", "check": "exact", "min_pass": 0.95}],
    )
