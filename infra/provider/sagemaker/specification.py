"""What one copy of a component is: as SageMaker takes it, and as it tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

CHANGED_IN_PLACE: Final = (
    "model",
    "accelerators",
    "memory_mib",
    "download_timeout_s",
    "startup_timeout_s",
)
"""Inputs that UpdateInferenceComponent changes."""
WATCHED_S: Final = 300
"""How long each new copy is watched before the next: an alarm needs two minutes."""
MOST_S: Final = 14400
"""Of an update as a whole; the service would take 28,800 (botocore 1.44.8)."""


def deployment(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """InferenceComponentDeploymentConfig: one copy of the new kind is started, then one of the old ended.
    Alarms take it back.
    """
    made: dict[str, Any] = {
        "RollingUpdatePolicy": {
            "MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1},
            "WaitIntervalInSeconds": WATCHED_S if inputs["alarms"] else 0,
            "MaximumExecutionTimeoutInSeconds": MOST_S,
        }
    }
    if inputs["alarms"]:
        alarms = [{"AlarmName": name} for name in inputs["alarms"]]
        made["AutoRollbackConfiguration"] = {"Alarms": alarms}
    return made


def specification(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """InferenceComponentSpecification."""
    return {
        "ModelName": inputs["model"],
        "StartupParameters": {
            "ModelDataDownloadTimeoutInSeconds": inputs["download_timeout_s"],
            "ContainerStartupHealthCheckTimeoutInSeconds": inputs["startup_timeout_s"],
        },
        "ComputeResourceRequirements": {
            "NumberOfAcceleratorDevicesRequired": inputs["accelerators"],
            "MinMemoryRequiredInMb": inputs["memory_mib"],
        },
    }


def inputs_of(found: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that `DescribeInferenceComponent` tells; without what it does not."""
    told = found.get("Specification", {})
    starts, takes = told.get("StartupParameters", {}), told.get("ComputeResourceRequirements", {})
    known = {
        "endpoint": found.get("EndpointName"),
        "variant": found.get("VariantName"),
        "model": told.get("ModelName"),
        "accelerators": takes.get("NumberOfAcceleratorDevicesRequired"),
        "memory_mib": takes.get("MinMemoryRequiredInMb"),
        "download_timeout_s": starts.get("ModelDataDownloadTimeoutInSeconds"),
        "startup_timeout_s": starts.get("ContainerStartupHealthCheckTimeoutInSeconds"),
    }
    # Accelerators are a float in the model, and whole ones here.
    return {
        key: int(value) if isinstance(value, float) else value
        for key, value in known.items()
        if value is not None
    }
