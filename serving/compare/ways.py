"""The ways to run a spec, each as a changed copy of it."""

from __future__ import annotations

from collections.abc import Iterator

from llmdeploy.serving.catalog.managed import USUAL, managed_service, services_of
from llmdeploy.serving.plan.managed_service import service_in
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.managed import Managed, Service
from llmdeploy.serving.spec.region import Region

PROVIDERS = ("aws", "gcp")
"""Those with more than one way to run a replica."""


def ways_of(spec: ServingSpec) -> Iterator[tuple[Service | None, ServingSpec]]:
    """Self-hosted (None) everywhere; then each service of the regions' clouds in all regions of its cloud,
    the other clouds' self-hosted."""
    yield None, run_by(spec, None)
    clouds = {region.provider for region in spec.regions}
    for provider in PROVIDERS:
        for service in services_of(provider) if provider in clouds else ():
            yield service, run_by(spec, service)


def run_by(spec: ServingSpec, service: Service | None) -> ServingSpec:
    """A copy whose regions of the service's cloud are run by it, and the others self-hosted, where that is
    possible."""
    provider = managed_service(service).provider if service else ""
    regions = tuple(_run_by(region, service, region.provider == provider) for region in spec.regions)
    return spec.model_copy(update={"variant": "self-hosted", "managed": None, "regions": regions})


def who_runs(spec: ServingSpec) -> tuple[Service | None, ...]:
    """The service of each region; None where it is self-hosted."""
    return tuple(service_in(spec, region) for region in spec.regions)


def _run_by(region: Region, service: Service | None, managed: bool) -> Region:
    usual = USUAL.get(region.provider)
    if usual is not None and managed_service(usual).is_all_there_is:
        return region.model_copy(update={"variant": "managed", "managed": Managed(service=usual)})
    named = Managed(service=service) if managed and service else None
    return region.model_copy(update={"variant": "managed" if managed else None, "managed": named})
