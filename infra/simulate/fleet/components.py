"""Copies of SageMaker's inference components, and the instances that they take.

Source: developer guide of SageMaker, endpoint-auto-scaling-zero-instances; written down 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any, Final

from llmdeploy.infra.simulate.offline import aws
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.store import Store

COMPONENT: Final = "aws:sagemaker/inferenceComponent:InferenceComponent"
TARGET: Final = "aws:appautoscaling/target:Target"
RESOURCE: Final = "inference-component/"
"""What a scalable target's resource begins with."""


def hosting(variants: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The variant that hosts components, as it names no model; None where all have models of their own."""
    return next((each for each in variants if not each.get("modelName")), None)


def component_named(store: Store, name: str, region: str) -> Record | None:
    """The component of a name in a region."""
    here = (each for each in store.of(COMPONENT) if each.region == region)
    return next((each for each in here if each.outputs["InferenceComponentName"] == name), None)


def components_on(store: Store, endpoint: str, region: str) -> list[Record]:
    """Those that an endpoint hosts, by its name."""
    return [
        each
        for each in store.of(COMPONENT)
        if each.region == region and each.outputs["EndpointName"] == endpoint
    ]


def desired_copies(store: Store, component: Record) -> int:
    """How many copies it is to have: what it was given last, within the bounds of what scales it."""
    count = int(component.outputs["RuntimeConfig"]["DesiredCopyCount"])
    for target in _targets(store, component):
        low, high = target.inputs.get("minCapacity"), target.inputs.get("maxCapacity")
        count = min(max(count, int(low or 0)), int(high if high is not None else count))
    return count


def instances_wanted(store: Store, endpoint: str, region: str, variant: dict[str, Any]) -> int:
    """How many instances an endpoint is to have for the copies of its components: those that it began with
    where it has none yet.
    """
    bounds = variant.get("managedInstanceScaling") or {}
    low, high = int(bounds.get("minInstanceCount") or 0), bounds.get("maxInstanceCount")
    found = components_on(store, endpoint, region)
    count = int(variant.get("initialInstanceCount") or 1)
    if found:
        taken = sum(desired_copies(store, each) * accelerators(each) for each in found)
        count = ceil(taken / max(1, gpus_of(str(variant.get("instanceType", "")))))
    return min(max(count, low), int(high)) if high is not None else max(count, low)


def accelerators(component: Record) -> int:
    """GPUs of one copy."""
    takes = component.outputs["Specification"].get("ComputeResourceRequirements") or {}
    return int(takes.get("NumberOfAcceleratorDevicesRequired") or 0)


def gpus_of(kind: str) -> int:
    """GPUs of an instance type, with or without `ml.` before it."""
    info = aws.instance_types().get(kind.removeprefix("ml."), {}).get("GpuInfo") or {}
    return sum(int(each["Count"]) for each in info.get("Gpus", ()))


def may_sleep(store: Store, component: Record) -> bool:
    """Whether what scales its copies by their load may take the last one."""
    return bool(_policies(store, component, "TargetTrackingScaling")) and any(
        target.inputs.get("minCapacity") == 0 for target in _targets(store, component)
    )


def wakes(store: Store, component: Record) -> bool:
    """Whether requests that find no copy raise an alarm that has one started."""
    starting = {each.outputs.get("arn") for each in _policies(store, component, "StepScaling")}
    name = component.outputs["InferenceComponentName"]
    return any(
        alarm.region == component.region
        and alarm.inputs.get("metricName") == "NoCapacityInvocationFailures"
        and (alarm.inputs.get("dimensions") or {}).get("InferenceComponentName") == name
        and starting & set(alarm.inputs.get("alarmActions") or ())
        for alarm in store.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    )


def _policies(store: Store, component: Record, kind: str) -> list[Record]:
    resource = f"{RESOURCE}{component.outputs['InferenceComponentName']}"
    return [
        each
        for each in store.of("aws:appautoscaling/policy:Policy")
        if each.region == component.region
        and (each.inputs.get("policyType"), each.inputs.get("resourceId")) == (kind, resource)
    ]


def _targets(store: Store, component: Record) -> Iterator[Record]:
    resource = f"{RESOURCE}{component.outputs['InferenceComponentName']}"
    for target in store.of(TARGET):
        if target.region == component.region and target.inputs.get("resourceId") == resource:
            yield target
