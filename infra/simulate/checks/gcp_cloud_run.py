"""Cloud Run services with GPUs.

Sources: cloud.google.com/run/docs/configuring/services/gpu, run/quotas and
run/docs/configuring/request-timeout; the sum of a start probe is from memory. Written down 2026-11-30.
"""

from __future__ import annotations

import re
from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at
from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.offline import gcp
from llmdeploy.serving.catalog.managed import managed_service

QUOTA: Final = "NvidiaL4GpuAllocNoZonalRedundancyPerProjectRegion"
"""Of instances with an L4 without zonal redundancy, in a region (from memory)."""
SERVICE: Final = "gcp:cloudrunv2/service:Service"
_NAME: Final = re.compile(r"^[a-z]([a-z0-9-]{0,47}[a-z0-9])?$")
_IMAGE: Final = re.compile(
    r"^(?P<location>[a-z0-9-]+)-docker\.pkg\.dev/(?P<project>[^/]+)/(?P<repository>[^/]+)/.+$"
)
_LONGEST_S, _LONGEST_START_S, _MOST_CONCURRENT = 3600, 3600, 1000
_LEAST_VCPU, _LEAST_GIB = 4, 16
_MEMORY: Final = {4: 16, 6: 24, 8: 32}
"""vCPUs → GiB at most."""


def _service(look: Look) -> Problems:
    location, name = str(look.get("location", "")), look.get("name")
    if location and location not in gcp.regions():
        yield "badRequest", f"Location {location} is not found or access is unauthorized."
    if isinstance(name, str) and not _NAME.match(name):
        yield "badRequest", f"Violation in CreateServiceRequest.service_id: {name} is no valid service id."
    timeout = look.get("template.timeout")
    if isinstance(timeout, str) and not 0 < float(timeout.removesuffix("s")) <= _LONGEST_S:
        yield "badRequest", f"template.timeout must be between 1 and {_LONGEST_S} seconds."
    concurrent = look.get("template.maxInstanceRequestConcurrency")
    if isinstance(concurrent, int) and not 1 <= concurrent <= _MOST_CONCURRENT:
        yield (
            "badRequest",
            f"template.max_instance_request_concurrency must be between 1 and {_MOST_CONCURRENT}.",
        )
    least, most = (look.get(f"template.scaling.{each}InstanceCount") for each in ("min", "max"))
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield "badRequest", "template.scaling.min_instance_count is greater than max_instance_count."


def _gpu(look: Look) -> Problems:
    accelerator, location = look.get("template.nodeSelector.accelerator"), str(look.get("location", ""))
    containers = look.items("template.containers")
    asked = sum(_number(_limit(each, "nvidia.com/gpu")) for each in containers)
    if not accelerator and not asked:
        return
    if accelerator != "nvidia-l4":
        yield "badRequest", f"template.node_selector.accelerator: {accelerator or 'none'} is not supported."
    if location and location not in (managed_service("cloud-run").locations or ()):
        yield "badRequest", f"GPU nvidia-l4 is not supported in region {location}."
    if asked != 1:
        yield "badRequest", "Exactly one container must have 1 GPU (resources.limits['nvidia.com/gpu'])."
    for container in containers:
        vcpus, memory = _number(_limit(container, "cpu")), _gib(_limit(container, "memory"))
        if vcpus < _LEAST_VCPU or memory < _LEAST_GIB:
            yield "badRequest", f"GPU requires at least {_LEAST_VCPU} CPU and {_LEAST_GIB}Gi of memory."
        if memory > _MEMORY.get(int(vcpus), _MEMORY[8]):
            yield "badRequest", f"resources.limits: {memory:g}Gi of memory is too much for {vcpus:g} CPU."
        if at(container, "resources.cpuIdle") is not False:
            yield "badRequest", "GPU requires that CPU is always allocated (resources.cpu_idle = false)."
    yield from _quota(look, location)


def _quota(look: Look, location: str) -> Problems:
    wanted = int(look.get("template.scaling.maxInstanceCount", 1))
    others = (
        int(at(each.inputs, "template.scaling.maxInstanceCount", 1))
        for each in look.store.of(SERVICE)
        if each.number != look.number and each.region == location
    )
    used = wanted + sum(others)
    for fault in Faults(look.store).of("quota"):
        if fault.type == QUOTA and fault.region in {"", location} and used > fault.limit:
            yield (
                "failedPrecondition",
                f"Quota violated: {QUOTA} requested: {used} allowed: {fault.limit} in {location}.",
            )


def _containers(look: Look) -> Problems:
    for container in look.items("template.containers"):
        image = str(at(container, "image", ""))
        found = _IMAGE.match(image)
        if image and found is None:
            yield (
                "badRequest",
                f"Expected an image path like [region.]gcr.io/… or REGION-docker.pkg.dev/…, got {image}.",
            )
        elif found and not look.planned and _is_ours(look, found["project"]) and not _repository(look, found):
            yield "notFound", f"Image '{image}' not found: repository {found['repository']} does not exist."
        probe = at(container, "startupProbe", {})
        seconds = int(at(probe, "periodSeconds", 10)) * int(at(probe, "failureThreshold", 3))
        if seconds > _LONGEST_START_S:
            yield "badRequest", f"startup_probe: {seconds} s in all is more than {_LONGEST_START_S}."


def _is_ours(look: Look, project: str) -> bool:
    return project == str(look.store.settings().get("project", project))


def _repository(look: Look, image: re.Match[str]) -> bool:
    return any(
        (each.outputs.get("repositoryId"), each.region) == (image["repository"], image["location"])
        for each in look.store.of("gcp:artifactregistry/repository:Repository")
    )


def _limit(container: Any, name: str) -> Any:
    limits = at(container, "resources.limits", {})
    return limits.get(name) if isinstance(limits, dict) else None


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _gib(value: Any) -> float:
    text = str(value or "")
    if text.endswith("Mi"):
        return _number(text.removesuffix("Mi")) / 1024
    return _number(text.removesuffix("Gi"))


CHECKS: Final[dict[str, tuple[Check, ...]]] = {SERVICE: (_service, _gpu, _containers)}
