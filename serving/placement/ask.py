"""What is to be placed in one region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmdeploy.serving.models.architecture import Architecture
from llmdeploy.serving.spec.managed import Service
from llmdeploy.serving.speed.request import Speculation, Workload
from llmdeploy.serving.speed.result import Target

Purchase = Literal["on-demand", "spot", "spot-with-fallback"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaAsk:
    """One replica, before its hardware is known. The same in all regions that do not say otherwise."""

    architecture: Architecture
    framework: str
    server: str
    """As in the catalog's tables: Triton once for each backend."""
    version: str
    weights: str
    method: str | None
    kv_cache: str
    context_length: int
    memory_fraction: float | None
    batch_tokens: int | None
    concurrency: int | None
    tensor: int | None
    pipeline: int
    workload: Workload
    speculation: Speculation | None
    target: Target


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionAsk:
    """A replica in a region, with what the spec says of its hardware and of the load there."""

    region: str
    replica: ReplicaAsk
    gpu: str | None
    """None: any."""
    count: int | None
    """GPUs of one replica; None: as many as the instance has."""
    purchase: Purchase
    requests_per_second: float | None
    """The region's share of the peak; None: not asked."""
    least: int
    most: int | None
    """Replicas at most; None where the spec leaves them open."""
    managed: Service | None = None
    """The cloud's own service that runs the replica."""
