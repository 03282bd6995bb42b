"""Rules about which of the clouds' own services runs what, and where."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.managed import USUAL, managed_service, services_of
from llmdeploy.serving.catalog.regions import cloud_regions
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.rules.capability import any_of
from llmdeploy.serving.rules.hardware import Where, most_like, said_hardware
from llmdeploy.serving.rules.managed_regions import (
    ManagedRegion,
    by_service,
    elsewhere,
    in_regions,
    managed_regions,
)
from llmdeploy.serving.rules.problem import RuleProblem
from llmdeploy.serving.spec import ServingSpec

FEW = 8
"""Regions that are named in a mend; of more, the one that is most like the wrong one."""


def managed_is_in_a_cloud(spec: ServingSpec) -> Iterator[RuleProblem]:
    """This machine has no managed endpoints."""
    for index, region in enumerate(spec.regions):
        if spec.variant_in(region) == "managed" and region.provider == "local":
            yield RuleProblem(
                ("regions", index), f"{region.name} has no managed endpoints", "use variant: self-hosted"
            )


def managed_service_is_used(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A service that is named runs something."""
    if spec.managed is not None and not spec.is_managed:
        yield RuleProblem(("managed",), "no region is managed", "add variant: managed, or leave it out")
    for index, region in enumerate(spec.regions):
        if region.managed is not None and spec.variant_in(region) != "managed":
            yield RuleProblem(
                ("regions", index, "managed"),
                f"{region.name} is self-hosted",
                "add variant: managed to it, or leave it out",
            )


def managed_service_is_of_the_cloud(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A cloud runs its own services only."""
    providers = {each.provider for each in spec.regions if spec.variant_in(each) == "managed"} & set(USUAL)
    if spec.managed is not None and providers:
        named = managed_service(spec.managed.service)
        if named.provider not in providers:
            offered = tuple(name for provider in sorted(providers) for name in services_of(provider))
            yield RuleProblem(
                ("managed",),
                f"{named.name} is in {named.provider} regions, and none of the managed ones is",
                f"use {any_of(offered)}, or leave it out",
            )
    for index, region in enumerate(spec.regions):
        if region.managed is None or region.provider not in USUAL:
            continue
        named = managed_service(region.managed.service)
        if named.provider != region.provider:
            yield RuleProblem(
                ("regions", index, "managed"),
                f"{named.name} is in {named.provider} regions, and {region.name} is none",
                f"use {any_of(services_of(region.provider))}, or leave it out",
            )


def managed_service_is_in_the_region(spec: ServingSpec) -> Iterator[RuleProblem]:
    """Not every region of a cloud has every service."""
    for each in managed_regions(spec):
        region, service = each.region, each.service
        if service.is_in(region.name) or region.location not in cloud_regions(region.provider):
            continue
        names = service.regions or ()
        known = any_of_all(names) if len(names) <= FEW else most_like(region.name, names)
        yield RuleProblem(
            _where_service(spec, each),
            f"{service.shown} is not in {region.name}: {service.elsewhere}",
            f"use {known}, or {elsewhere(service)}",
        )


def managed_framework_has_a_container(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A service runs some frameworks' containers, or brings its own server."""
    wanted = spec.framework.name
    for service, regions in by_service(spec):
        if not service.frameworks or wanted in service.frameworks or wanted == "custom":
            continue
        yield RuleProblem(
            ("framework", "name"),
            f"{wanted} does not run as {service.one}{in_regions(spec, regions)}: {service.no_framework}",
            f"use {any_of(service.frameworks)}, or {elsewhere(service)}",
        )


def managed_framework_has_the_version(spec: ServingSpec) -> Iterator[RuleProblem]:
    """SageMaker runs AWS's own containers, of which there are some versions."""
    wanted = spec.framework.version
    for service, regions in by_service(spec) if wanted else ():
        images = read_table("sagemaker-images") if service.name == "sagemaker" else {}
        versions = images.get(spec.framework.name, {}).get("versions", {})
        if versions and wanted not in versions:
            yield RuleProblem(
                ("framework", "version"),
                f"AWS has no container of {spec.framework.name} {wanted} for SageMaker"
                f"{in_regions(spec, regions)}",
                f"leave it out, or use one of {', '.join(versions)}",
            )


def managed_gpu_is_rented(spec: ServingSpec) -> Iterator[RuleProblem]:
    """A service rents some GPUs, and so many to one replica."""
    found: dict[Where, RuleProblem] = {}
    for each in managed_regions(spec):
        service = each.service
        gpu, path = said_hardware(spec, each.index, each.region, "gpu")
        if gpu in gpus() and service.gpus and gpu not in service.gpus:
            mend = f"use {any_of_all(service.gpus)}, or {elsewhere(service)}"
            found[path] = RuleProblem(path, f"{service.one} has no {gpu}", mend)
        count, path = said_hardware(spec, each.index, each.region, "count")
        if count is not None and service.gpus and service.most_gpus and count > service.most_gpus:
            problem = f"a replica of {service.one} has {service.most_gpus} GPU, not {count}"
            found[path] = RuleProblem(path, problem, f"leave it out, or use {elsewhere(service)}")
    yield from found.values()


def any_of_all(names: tuple[str, ...]) -> str:
    """`a, b or c`."""
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


def _where_service(spec: ServingSpec, each: ManagedRegion) -> Where:
    """Where the spec says which service a region has, or the region itself."""
    if each.region.managed is not None:
        return ("regions", each.index, "managed")
    return ("regions", each.index)
