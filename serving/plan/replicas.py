"""How many replicas a region of a spec asks for."""

from __future__ import annotations

from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.region import Region


def replica_bounds(spec: ServingSpec, region: Region) -> tuple[int, int]:
    """Least and most replicas: the region's own `scaling` over the spec's, 1 when neither says."""
    low = high = None
    for scaling in (region.scaling, spec.scaling):
        if scaling is not None:
            low = scaling.min if low is None else low
            high = scaling.max if high is None else high
    low = 1 if low is None else low
    return low, max(low, high or low)


def replicas_at_start(spec: ServingSpec) -> int:
    """Replicas of all regions together, as `up` starts them."""
    return sum(replica_bounds(spec, region)[0] for region in spec.regions)
