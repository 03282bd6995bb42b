"""One look at the replicas of both versions of a region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from llmdeploy.infra.status.envoy_view import HostCounts
from llmdeploy.serving.metrics.cumulative import Cumulative


@dataclass(frozen=True, slots=True)
class ReplicaLook:
    """What a replica has counted since it started, and how it is now.

    Args:
        counts: of its requests, as those who send them see it.
        ttft: seconds to the first token; None where it does not say.
        tpot: seconds per output token.
        waiting: requests that wait for a place in it.
        gpu_memory: the share of its GPUs' memory in use, 0 to 1.
        serving: whether requests are sent to it.
        restarts: exits that nobody asked for.
    """

    counts: HostCounts
    ttft: Cumulative | None = None
    tpot: Cumulative | None = None
    waiting: int | None = None
    gpu_memory: float | None = None
    serving: bool = True
    restarts: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """Both versions at one moment (seconds of a clock that only goes on), by replica."""

    at: float
    stable: Mapping[str, ReplicaLook]
    canary: Mapping[str, ReplicaLook]


@dataclass(frozen=True, slots=True)
class Arms:
    """Who is looked at: the replicas of a region's own version, and those of the version on trial."""

    region: str
    stable: Sequence[str]
    canary: Sequence[str]
