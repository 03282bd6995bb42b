"""The versions of a region's replicas: its own, and the one beside it while a rollout goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from llmdeploy.serving.plan.model import RegionPlan, Role, Slot


def versions_of(region: RegionPlan) -> tuple[RegionPlan, ...]:
    """In the order of their slots, so that nothing changes when one takes the other's place."""
    return tuple(sorted(region.fleets, key=lambda version: version.slot))


def hosted_in(region: RegionPlan) -> tuple[RegionPlan, ...]:
    """Those that are instances of one's own."""
    return tuple(version for version in versions_of(region) if version.managed is None)


def managed_in(region: RegionPlan) -> tuple[RegionPlan, ...]:
    """Those that a service of Google's runs."""
    return tuple(version for version in versions_of(region) if version.managed is not None)


def role_of(version: RegionPlan, region: RegionPlan) -> Role | None:
    """What a version is in its region; None: the region's own."""
    beside = region.beside
    return beside.role if beside is not None and version.slot == beside.region.slot else None


def slots_of(regions: Iterable[RegionPlan]) -> tuple[Slot, ...]:
    """The slots that need addresses and names: `blue` in any case, as a region's first version is there and
    every second one after it; `green` where instances are. Services of Google's have names of their own.
    """
    return tuple(
        sorted({"blue", *(version.slot for version in all_versions(regions) if version.managed is None)})
    )


def all_versions(regions: Iterable[RegionPlan]) -> Iterator[RegionPlan]:
    """Of all the regions in Google's cloud."""
    for region in regions:
        if region.provider == "gcp":
            yield from versions_of(region)
