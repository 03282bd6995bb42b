"""How many replicas a region of a spec asks for."""

from __future__ import annotations

from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.region import Region


def replica_bounds(spec: ServingSpec, region: Region) -> tuple[int, int]:
    """Least and most replicas: the region's own `scaling` over the spec's, 1 when neither says. What may
    sleep has at least one that wakes up."""
    low = high = None
    for scaling in (region.scaling, spec.scaling):
        if scaling is not None:
            low = scaling.min if low is None else low
            high = scaling.max if high is None else high
    low = 1 if low is None else low
    return low, max(1, low, high or low)


def target_load(spec: ServingSpec, region: Region, concurrency: int) -> float | None:
    """The load that scaling holds a replica at: requests running and waiting over those that it runs at once.
    None where the spec leaves it open.

    Args:
        concurrency: requests that a replica runs at once.
    """
    metric = target = None
    for scaling in (region.scaling, spec.scaling):
        if scaling is not None:
            metric, target = metric or scaling.metric, target or scaling.target
    if target is None:
        return None
    waiting = metric != "concurrency"
    return (concurrency + target if waiting else target) / concurrency


def replicas_at_start(spec: ServingSpec) -> int:
    """Replicas of all regions together, as `up` starts them."""
    return sum(replica_bounds(spec, region)[0] for region in spec.regions)
