"""Which of a cloud's own services runs the replicas of a region, and why."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import USUAL, managed_service
from llmdeploy.serving.plan.replicas import replica_bounds
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.managed import Service
from llmdeploy.serving.spec.region import Region


def service_in(spec: ServingSpec, region: Region) -> Service | None:
    """The service of a region; None where it is self-hosted."""
    if spec.variant_in(region) != "managed":
        return None
    return said_service(spec, region) or derived_service(spec, region)[0]


def said_service(spec: ServingSpec, region: Region) -> Service | None:
    """The service that the spec names for the region: its own, or the spec's where its cloud has that one."""
    if region.managed is not None:
        return region.managed.service
    if spec.managed is not None and managed_service(spec.managed.service).provider == region.provider:
        return spec.managed.service
    return None


def derived_service(spec: ServingSpec, region: Region) -> tuple[Service, str]:
    """The service of a region where the spec names none, and the reason."""
    least, _ = replica_bounds(spec, region)
    if region.provider == "gcp" and least == 0:
        return "cloud-run", "scaling.min is 0, and Vertex AI keeps at least one replica"
    usual = USUAL[region.provider]
    if least == 0 and managed_service(usual).features["scale-to-zero"].can:
        return (
            usual,
            "runs any of the framework's containers on any GPU of the region, and none while nobody asks",
        )
    return usual, "runs any of the framework's containers on any GPU of the region"
