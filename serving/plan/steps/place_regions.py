"""Where replicas run, how many, and which region takes over from which."""

from __future__ import annotations

from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import RegionPlan
from llmdeploy.serving.plan.replicas import replica_bounds


def place_regions(draft: Draft) -> Draft:
    """One RegionPlan a region of the spec, each with its replicas, weight and line of failover."""
    if draft.server is None:
        return draft
    names = tuple(region.name for region in draft.spec.regions)
    regions = []
    for region in draft.spec.regions:
        low, high = replica_bounds(draft.spec, region)
        regions.append(
            RegionPlan(
                name=region.name,
                provider=region.provider,
                location=region.location,
                weight=1 if region.weight is None else region.weight,
                min_replicas=low,
                max_replicas=high,
                failover=_next_around(names, region.name),
                server=draft.server,
                turn=region.role,
            )
        )
    if len(names) > 1:
        draft = draft.decided(
            "regions[].failover",
            ", ".join(f"{region.location} → {_location(region.failover[0])}" for region in regions),
            "local regions are equally near: the next one of the spec takes over",
        )
    if not _any_scaling(draft):
        draft = draft.decided("scaling.min", "1 replica a region", "the spec asks for no more")
    if any(region.max_replicas > region.min_replicas for region in regions):
        draft = draft.warned("scaling.max: local regions keep scaling.min replicas; nothing scales them")
    return _warn_of_cloud_fields(draft).having(regions=tuple(regions))


def _warn_of_cloud_fields(draft: Draft) -> Draft:
    """What the spec asks for and only clouds will have is said, not dropped in silence."""
    if draft.spec.routing is None or draft.spec.routing.domain is None:
        return draft
    return draft.warned("local regions make no use of routing.domain")


def _any_scaling(draft: Draft) -> bool:
    return draft.spec.scaling is not None or any(region.scaling for region in draft.spec.regions)


def _next_around(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    at = names.index(name)
    return names[at + 1 :] + names[:at]


def _location(region_name: str) -> str:
    return region_name.partition("/")[2]
