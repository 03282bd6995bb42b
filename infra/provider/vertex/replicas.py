"""The machines of a deployment, in the words of `DeployedModel.dedicatedResources`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

MUTABLE: Final = ("min_replicas", "max_replicas", "target_duty_cycle")
"""What `mutateDeployedModel` changes (its request's description)."""
DUTY_CYCLE: Final = "aiplatform.googleapis.com/prediction/online/accelerator/duty_cycle"
CPU: Final = "aiplatform.googleapis.com/prediction/online/cpu/utilization"
"""What scaling goes by where there is no accelerator."""
MASK: Final = ",".join(
    f"dedicatedResources.{name}" for name in ("minReplicaCount", "maxReplicaCount", "autoscalingMetricSpecs")
)


def deployed_model(inputs: Mapping[str, Any], deployed_id: str) -> dict[str, Any]:
    """A deployment."""
    machine: dict[str, Any] = {"machineType": inputs["machine_type"]}
    if inputs["accelerator"]:
        machine |= {"acceleratorType": inputs["accelerator"], "acceleratorCount": inputs["accelerators"]}
    model = {
        "id": deployed_id,
        "model": inputs["model"],
        "displayName": inputs["name"],
        "dedicatedResources": {"machineSpec": machine, **_size(inputs)},
        "enableAccessLogging": True,
    }
    account = inputs["service_account"]
    return {**model, "serviceAccount": account} if account else model


def mutation(inputs: Mapping[str, Any], deployed_id: str) -> dict[str, Any]:
    """The request that changes the number of replicas."""
    return {
        "deployedModel": {"id": deployed_id, "dedicatedResources": _size(inputs)},
        "updateMask": MASK,
    }


def replicas_of(found: Mapping[str, Any]) -> dict[str, int]:
    """What of a deployment can be changed, as it is."""
    resources = found.get("dedicatedResources", {})
    metrics = resources.get("autoscalingMetricSpecs", [])
    least = int(resources.get("minReplicaCount", 1))
    return {
        "min_replicas": least,
        "max_replicas": int(resources.get("maxReplicaCount", least)),
        "target_duty_cycle": next((int(each.get("target", 60)) for each in metrics), 60),
    }


def _size(inputs: Mapping[str, Any]) -> dict[str, Any]:
    metric = DUTY_CYCLE if inputs["accelerator"] else CPU
    return {
        "minReplicaCount": inputs["min_replicas"],
        "maxReplicaCount": inputs["max_replicas"],
        "autoscalingMetricSpecs": [{"metricName": metric, "target": inputs["target_duty_cycle"]}],
    }
