"""`rollout`: how a change reaches the traffic."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Strict

from llmdeploy.serving.spec.duration import Seconds
from llmdeploy.serving.spec.region import RegionName
from llmdeploy.serving.spec.section import SpecSection


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
    abort_on: AbortOn | None = Field(default=None, description="When to go back.")
