"""The instances of SageMaker's endpoints, and what keeps their containers from starting.

Error texts: API reference of SageMaker (CreateEndpoint, DescribeEndpoint) and its developer guide,
"Troubleshoot deployments"; written down 2026-11-30.
"""

from __future__ import annotations

import re
from typing import Any, Final

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.fleet.components import (
    RESOURCE,
    TARGET,
    component_named,
    components_on,
    hosting,
    instances_wanted,
)
from llmdeploy.infra.simulate.records import Record, Shortage
from llmdeploy.infra.simulate.references.handles import candidates
from llmdeploy.infra.simulate.store import Store

ENDPOINT: Final = "aws:sagemaker/endpoint:Endpoint"
CONFIGURATION: Final = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
MODEL: Final = "aws:sagemaker/model:Model"
PREFIX: Final = "ml."

NO_CAPACITY: Final = (
    "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error. Please "
    "retry using a different ML instance type or after some time. ({type} in {zone})"
)
NOT_HEALTHY: Final = (
    "The primary container for production variant {variant} did not pass the ping health check. Please check "
    "CloudWatch logs for this endpoint."
)
_NOT_STARTED: Final = (
    "CannotStartContainerError. Please ensure the model container for variant {variant} starts correctly "
    "when invoked with 'docker run <image> serve'"
)
_LIMIT: Final = (
    "The account-level service limit '{name}' is {limit} Instances, with current utilization of {used} "
    "Instances and a request delta of {more} Instances. Please use AWS Service Quotas to request an increase "
    "for this quota."
)
_CUDA: Final = re.compile(r"-cu(\d{2})\d")
_DRIVERS: Final = {
    "al2-ami-sagemaker-inference-gpu-2": 12,
    "al2-ami-sagemaker-inference-gpu-2-1": 12,
    "al2-ami-sagemaker-inference-gpu-3-1": 12,
    "al2023-ami-sagemaker-inference-gpu-4-1": 13,
}
"""The newest CUDA (its first number) of a host. Source: SageMaker developer guide, "Versions of NVIDIA
drivers and CUDA for inference"; a driver runs every minor version of its CUDA."""
_OLD_HOSTS: Final = tuple(
    f"{PREFIX}{family}." for family in ("g4dn", "g5", "g6", "g6e", "p4d", "p4de", "p5", "p5e", "p5en")
)
"""Families whose usual host has CUDA 11.4. Source: the same page, and aws/sagemaker-python-sdk#6281."""
_OLD_CUDA: Final = 11


def variants_of(store: Store, endpoint: Record) -> list[dict[str, Any]]:
    """What an endpoint's configuration asks for."""
    return configured(store, endpoint.inputs.get("endpointConfigName"))


def configured(store: Store, configuration: Any) -> list[dict[str, Any]]:
    """The variants of a configuration, by its name; none where it is not there."""
    found = _named(store, CONFIGURATION, configuration)
    return list(found.inputs.get("productionVariants") or []) if found else []


def broken(store: Store, variants: list[dict[str, Any]]) -> str:
    """Why a container of the variants never gets healthy; empty where nothing speaks against it."""
    return next((said for each in variants if (said := broken_on(store, each, each.get("modelName")))), "")


def broken_on(store: Store, variant: dict[str, Any], model: Any) -> str:
    """Why the container of a model never gets healthy on the instances of a variant; empty where nothing
    speaks against it.

    Args:
        model: its name.
    """
    found = _named(store, MODEL, model)
    container = (found.inputs.get("primaryContainer") or {}) if found else {}
    cuda = _CUDA.search(str(container.get("image", "")))
    if cuda is not None and int(cuda[1]) > _host_cuda(variant):
        return _NOT_STARTED.format(variant=variant.get("variantName", "default"))
    return ""


def failure_of(store: Store, endpoint: Record) -> Shortage | None:
    """Why an endpoint has failed: with none of its instances in service it never heals. One that hosts
    components was in service before them, and waits for instances.
    """
    if components_on(store, str(endpoint.outputs.get("name")), endpoint.region):
        return None
    found = (each for each in store.shortages() if each.group == endpoint.number and not each.has)
    return next(found, None)


def fail(store: Store, endpoint: Record, reason: str) -> None:
    """None of its instances gets into service."""
    wanted = wanted_of(store, endpoint)
    with store.change():
        for instance in store.instances(endpoint.number):
            store.remove_instance(instance.id)
        store.set_shortage(endpoint.number, Shortage(endpoint.number, wanted, 0, reason))


def wanted_of(store: Store, endpoint: Record) -> int:
    """How many instances it is to have: its configuration's, within the bounds of what scales it."""
    variants, name = variants_of(store, endpoint), str(endpoint.outputs.get("name"))
    if (variant := hosting(variants)) is not None:
        return instances_wanted(store, name, endpoint.region, variant)
    count = sum(int(each.get("initialInstanceCount") or 1) for each in variants)
    begins = f"endpoint/{name}/"
    for target in store.of(TARGET):
        if target.region == endpoint.region and str(target.inputs.get("resourceId")).startswith(begins):
            low, high = target.inputs.get("minCapacity"), target.inputs.get("maxCapacity")
            count = min(max(count, int(low or 0)), int(high or count))
    return count


def scaled_by(store: Store, target: Record) -> Record | None:
    """The endpoint that a scalable target is about; None for another service's."""
    resource = str(target.inputs.get("resourceId"))
    parts = resource.split("/")
    if target.token != TARGET or parts[0] not in ("endpoint", RESOURCE.rstrip("/")) or len(parts) < 2:
        return None
    name: Any = parts[1]
    if resource.startswith(RESOURCE):
        component = component_named(store, parts[1], target.region)
        name = component.outputs["EndpointName"] if component else None
    return endpoint_named(store, name, target.region)


def endpoint_named(store: Store, name: Any, region: str) -> Record | None:
    """The endpoint of a name in a region; every region may have one of it."""
    here = (each for each in store.of(ENDPOINT) if each.region == region)
    return next((each for each in here if each.outputs.get("name") == name), None)


def limit_name(kind: str) -> str:
    """The quota of instances of a type, as Service Quotas calls it."""
    return f"{kind} for endpoint usage"


def over_limit(store: Store, region: str, variants: list[dict[str, Any]], own: int) -> str:
    """What is said where the variants ask for more than a quota; empty where they do not.

    Args:
        own: the number of the endpoint that asks, whose instances are not counted.
    """
    here = {each.number for each in store.of(ENDPOINT) if each.region == region and each.number != own}
    for variant in variants:
        kind, more = variant.get("instanceType"), int(variant.get("initialInstanceCount") or 1)
        for fault in Faults(store).of("quota"):
            if fault.type not in {kind, limit_name(str(kind))} or fault.region not in {"", region}:
                continue
            used = sum(1 for each in store.instances() if each.group in here and each.type == kind)
            if used + more > fault.limit:
                name = limit_name(str(kind))
                return _LIMIT.format(name=name, limit=fault.limit, used=used, more=more)
    return ""


def _host_cuda(variant: dict[str, Any]) -> int:
    software, kind = variant.get("inferenceAmiVersion"), str(variant.get("instanceType", ""))
    if software is not None:
        return _DRIVERS.get(software, max(_DRIVERS.values()))
    return _OLD_CUDA if kind.startswith(_OLD_HOSTS) else max(_DRIVERS.values())


def _named(store: Store, token: str, handle: Any) -> Record | None:
    if not isinstance(handle, str):
        return None
    for each in candidates(handle):
        for record in store.answering(each):
            if record.token == token:
                return record
    return None
