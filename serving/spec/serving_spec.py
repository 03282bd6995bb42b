"""The whole spec, resolved: short forms expanded, an environment applied."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Strict, WithJsonSchema

from llmdeploy.serving.spec.batching import Batching
from llmdeploy.serving.spec.budget import Budget
from llmdeploy.serving.spec.framework import Framework
from llmdeploy.serving.spec.hardware import Hardware
from llmdeploy.serving.spec.managed import Managed
from llmdeploy.serving.spec.model import Model
from llmdeploy.serving.spec.parallel import Parallel
from llmdeploy.serving.spec.quantization import Quantization
from llmdeploy.serving.spec.region import CLOUD_OR_LOCAL, Region, RegionName, Variant
from llmdeploy.serving.spec.rollout import Rollout
from llmdeploy.serving.spec.routing import Routing
from llmdeploy.serving.spec.scaling import Scaling
from llmdeploy.serving.spec.section import SpecSection
from llmdeploy.serving.spec.speculative import Speculative
from llmdeploy.serving.spec.target import Target, Workload
from llmdeploy.serving.spec.values import DnsLabel

Grammar = Literal["xgrammar", "llguidance", "outlines", "lm-format-enforcer"]


_REGION = {"type": "string", "pattern": CLOUD_OR_LOCAL}


def _one_or_more(given: Any) -> Any:
    return [given] if isinstance(given, str) else given


ResidencyRegions = Annotated[
    tuple[RegionName, ...],
    Field(min_length=1),
    BeforeValidator(_one_or_more),
    WithJsonSchema({"anyOf": [_REGION, {"type": "array", "items": _REGION, "minItems": 1}]}),
]
"""The only regions that requests with a mark may reach; one alone needs no list."""


class ServingSpec(SpecSection):
    """What to serve, with what, where. Only the name, the model, the framework and the regions are required.

    None means that the plan derives the value. `environments` is no field: the loader has applied it.
    """

    name: DnsLabel = Field(
        description="Names the deployment and everything it is made of.", examples=["chat"]
    )
    model: Model = Field(description="The model to serve.", examples=["Qwen/Qwen2.5-7B-Instruct"])
    framework: Framework = Field(description="The inference server.", examples=["vllm"])
    regions: Annotated[tuple[Region, ...], Field(min_length=1)] = Field(
        description="Where replicas run.", examples=[["aws/us-east-1", "gcp/europe-west4"]]
    )
    variant: Variant = Field(
        default="self-hosted",
        description="self-hosted: instances and containers of your own; managed: the cloud's own endpoints.",
        examples=["self-hosted"],
    )
    managed: Managed | None = Field(
        default=None,
        description="The cloud's service, for variant managed; derived when absent.",
        examples=["sagemaker"],
    )
    quantization: Quantization | None = Field(
        default=None, description="The number format of weights and key-value cache.", examples=["fp8"]
    )
    speculative: Speculative | None = Field(
        default=None, description="Speculative decoding.", examples=["ngram"]
    )
    hardware: Hardware | None = Field(default=None, description="The GPUs of one replica.", examples=["l40s"])
    scaling: Scaling | None = Field(default=None, description="Replicas of each region.", examples=[2])
    routing: Routing | None = Field(
        default=None, description="How requests find a region.", examples=["nearest"]
    )
    residency: dict[DnsLabel, ResidencyRegions] = Field(
        default={},
        description="The only regions that requests with a mark may reach, in failover too.",
        examples=[{"eu": ["aws/eu-west-1"]}],
    )
    rollout: Rollout | None = Field(default=None, description="How a change reaches the traffic.")
    parallel: Parallel | None = Field(
        default=None, description="How one replica spreads over its GPUs.", examples=[4]
    )
    batching: Batching | None = Field(
        default=None, description="How a replica runs many requests at once.", examples=[{"concurrency": 256}]
    )
    structured_output: Grammar | None = Field(
        default=None,
        description="The library that holds answers to a grammar; the server's choice when absent.",
        examples=["xgrammar"],
    )
    target: Target | None = Field(
        default=None, description="How fast the deployment must be.", examples=[{"ttft_p95": "2s"}]
    )
    workload: Workload | None = Field(
        default=None, description="What it is asked.", examples=[{"input_tokens": 1024}]
    )
    budget: Budget | None = Field(default=None, description="What the deployment may cost.", examples=[60])
    protected: Annotated[bool, Strict()] = Field(
        default=False,
        description="Refuse to destroy the deployment until this is taken out.",
        examples=[True],
    )

    def variant_in(self, region: Region) -> Variant:
        """Who runs the replicas of a region."""
        return region.variant or self.variant

    @property
    def is_managed(self) -> bool:
        """Whether some region's replicas are run by its cloud."""
        return any(self.variant_in(region) == "managed" for region in self.regions)
