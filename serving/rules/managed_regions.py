"""The regions of a spec that their clouds' own services run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from llmdeploy.serving.catalog.managed import (
    USUAL,
    ManagedService,
    managed_service,
    services_of,
    services_that_can,
)
from llmdeploy.serving.plan.managed_service import service_in
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.region import Region


@dataclass(frozen=True, slots=True)
class ManagedRegion:
    """One of them, with its place in the spec."""

    index: int
    region: Region
    service: ManagedService


def managed_regions(spec: ServingSpec) -> tuple[ManagedRegion, ...]:
    """Those whose service is one of their cloud's; what is wrong with the others is a rule's own."""
    if not spec.is_managed:
        return ()
    return tuple(_managed_regions(spec))


def _managed_regions(spec: ServingSpec) -> Iterator[ManagedRegion]:
    for index, region in enumerate(spec.regions):
        name = service_in(spec, region) if region.provider in USUAL else None
        service = managed_service(name) if name else None
        if service is not None and service.provider == region.provider:
            yield ManagedRegion(index, region, service)


def by_service(spec: ServingSpec) -> tuple[tuple[ManagedService, tuple[ManagedRegion, ...]], ...]:
    """Each service with its regions, in the order of the spec."""
    found: dict[str, list[ManagedRegion]] = {}
    for each in managed_regions(spec):
        found.setdefault(each.service.name, []).append(each)
    return tuple((regions[0].service, tuple(regions)) for regions in found.values())


def in_regions(spec: ServingSpec, regions: tuple[ManagedRegion, ...]) -> str:
    """` in aws/us-west-2`, where a spec has other regions too; else nothing."""
    names = ", ".join(each.region.name for each in regions)
    return f" in {names}" if len(regions) < len(spec.regions) else ""


def elsewhere(service: ManagedService, feature: str | None = None) -> str:
    """`managed: vertex, or variant: self-hosted`: what else would run the replicas.

    Args:
        feature: that the others must have.
    """
    able = services_that_can(service.provider, feature) if feature else services_of(service.provider)
    others = [f"managed: {name}" for name in able if name != service.name]
    if service.is_all_there_is:
        return "an aws or gcp region"
    return ", ".join([*others, "or variant: self-hosted"]) if others else "variant: self-hosted"
