"""The machines of a deployment: whether there are such, whether we may have them, whether any are left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.infra.simulate.offline import gcp
from llmdeploy.infra.simulate.rest.google import GoogleRefusal
from llmdeploy.infra.simulate.rest.vertex_call import VertexCall
from llmdeploy.infra.simulate.rest.vertex_records import DEPLOYMENT
from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.catalog.vertex_accelerators import VertexMachine, vertex_machine


def check_machine(call: VertexCall, resources: Mapping[str, Any]) -> None:
    """Raises GoogleRefusal: no such machine, not in this region, or with other accelerators."""
    spec = resources.get("machineSpec", {})
    name, accelerator = str(spec.get("machineType", "")), str(spec.get("acceleratorType", ""))
    count = int(spec.get("acceleratorCount", 0))
    machine = _machine(spec)
    if machine is None:
        raise GoogleRefusal(
            "INVALID_ARGUMENT",
            f'Machine type "{name}" with {count} × {accelerator or "no accelerator"} is not supported.',
        )
    if not gcp.offered_in(call.location, _instance(machine)):
        raise GoogleRefusal(
            "INVALID_ARGUMENT", f'Machine type "{name}" is not supported in region {call.location}.'
        )


def over_quota(call: VertexCall, resources: Mapping[str, Any], number: int = 0) -> None:
    """Raises GoogleRefusal: a fault `quota` allows fewer of these accelerators in the region.

    Args:
        number: of the deployment that is to have these; 0: of a new one.
    """
    machine = _machine(resources.get("machineSpec", {}))
    if machine is None or not machine.quota:
        return
    for fault in call.faults.of("quota"):
        if fault.type != machine.quota or fault.region not in {"", call.location}:
            continue
        if _used(call, machine.quota, number) + _gpus(resources) > fault.limit:
            raise GoogleRefusal(
                "RESOURCE_EXHAUSTED",
                f"The following quotas are exceeded: aiplatform.googleapis.com/{machine.quota} "
                f"(limit {fault.limit} in {call.location}).",
            )


def lack(call: VertexCall, resources: Mapping[str, Any]) -> dict[str, Any] | None:
    """The error of an operation for which the region has no machines left: the fault `capacity`."""
    machine = str(resources.get("machineSpec", {}).get("machineType", ""))
    for fault in call.faults.of("capacity"):
        if fault.type in {"", machine} and fault.region in {"", call.location} and not fault.zone:
            message = (
                f"Machine type {machine} temporarily unavailable, please deploy with a different machine type"
            )
            return {"code": 8, "message": message}
    return None


def _machine(spec: Mapping[str, Any]) -> VertexMachine | None:
    """As the catalog has it, if the accelerators are those of the machine."""
    wanted = (
        str(spec.get("machineType", "")),
        str(spec.get("acceleratorType", "")),
        int(spec.get("acceleratorCount", 0)),
    )
    for instance in instance_types("gcp"):
        machine = vertex_machine(instance)
        if machine and (machine.machine_type, machine.accelerator, machine.count) == wanted:
            return machine
    return None


def _instance(machine: VertexMachine) -> str:
    return next(name for name in instance_types("gcp") if vertex_machine(name) == machine)


def _used(call: VertexCall, quota: str, but: int) -> int:
    return sum(
        _gpus(record.inputs["dedicatedResources"])
        for record in call.store.of(DEPLOYMENT)
        if record.region == call.location
        and record.number != but
        and (machine := _machine(record.inputs["dedicatedResources"].get("machineSpec", {})))
        and machine.quota == quota
    )


def _gpus(resources: Mapping[str, Any]) -> int:
    count = int(resources.get("machineSpec", {}).get("acceleratorCount", 0))
    return count * int(resources.get("minReplicaCount", 1))
