"""What is being done to the simulated SageMaker's inference components, by a clock that may run faster than
ours: it has its effect when its time has come.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import uuid4

from llmdeploy.infra.simulate.fleet.components import COMPONENT, accelerators, gpus_of, hosting
from llmdeploy.infra.simulate.fleet.endpoints import broken_on, endpoint_named, variants_of
from llmdeploy.infra.simulate.fleet.launch import settle
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest import operations
from llmdeploy.infra.simulate.rest.operations import Operation
from llmdeploy.infra.simulate.rest.sagemaker_call import SageMakerCall
from llmdeploy.infra.simulate.rest.sagemaker_records import change
from llmdeploy.infra.simulate.store import Store

KIND: Final = "InferenceComponent"
IN_SERVICE, FAILED = "InService", "Failed"
NOT_ENOUGH: Final = (
    "There is not enough hardware resources on the instances for this endpoint to create a copy of the "
    "inference component."
)
"""Seen where a copy asks for more than an instance has (huggingface/skills#215, 2026-07)."""
_INTERNAL: Final = "Request to service failed. If failure persists after retry, contact customer support."
_NOT_HEALTHY: Final = (
    "The primary container for inference component {name} did not pass the ping health check. Please check "
    "CloudWatch logs for this inference component."
)
_USUAL_TIMEOUT_S: Final = 600
"""How long a container may take to get healthy, where the component does not say."""


def begin(call: SageMakerCall, record: Record, doing: str, changes: Mapping[str, Any]) -> None:
    """Begin to make, to change or to delete one.

    Args:
        doing: the status until then.
        changes: of its properties, where it comes to a good end.
    """
    name = str(record.outputs["InferenceComponentName"])
    here = (COMPONENT, name, call.location)
    pace = float(call.store.settings().get(operations.PACE, 1.0))
    lasts_s = call.faults.seconds("slow", *here) * pace
    failure = ""
    if doing != "Deleting":
        failing_s = call.faults.seconds("fail", *here)
        if call.faults.strike("fail", *here):
            lasts_s, failure = lasts_s + failing_s, _INTERNAL
        elif call.faults.strike("unhealthy", *here):
            lasts_s += _timeout_s({**record.outputs, **changes})
            failure = _NOT_HEALTHY.format(name=name)
    change(call.store, record, InferenceComponentStatus=doing, LastModifiedTime=time.time())
    what = {"component": record.number, "doing": doing, "changes": dict(changes), "failure": failure}
    key = f"{record.id}/operations/{uuid4().hex[:12]}"
    call.store.put_operation(key, asdict(Operation(key, KIND, what, lasts_s, time.time(), pace)))
    operations.carry_out(call.store, {KIND}, lambda each: carried(call.store, each))


def carried(store: Store, operation: Operation) -> dict[str, Any]:
    """Bring one to its end."""
    what = operation.what
    record = store.get(int(what["component"]))
    if record is None:
        return {}
    if what["doing"] == "Deleting":
        store.remove(record.number)
        _settle(store, record)
        return {}
    changed = change(store, record, **what["changes"])
    failure = what["failure"] or _settle(store, changed) or _broken(store, changed)
    if failure and what["doing"] == "Updating":
        # The copies that there were go on.
        changed = change(store, changed, **{key: record.outputs[key] for key in what["changes"]})
        _settle(store, changed)
        change(store, changed, InferenceComponentStatus=IN_SERVICE, FailureReason=failure)
    elif failure:
        change(store, changed, InferenceComponentStatus=FAILED, FailureReason=failure)
    else:
        change(store, changed, InferenceComponentStatus=IN_SERVICE)
    return {}


def _settle(store: Store, record: Record) -> str:
    """Bring its endpoint's instances up to date. Returns why there are too few; empty where there are not."""
    endpoint = endpoint_named(store, record.outputs["EndpointName"], record.region)
    shortage = settle(store, endpoint) if endpoint else None
    return shortage.message if shortage else ""


def _broken(store: Store, record: Record) -> str:
    endpoint = endpoint_named(store, record.outputs["EndpointName"], record.region)
    variant = hosting(variants_of(store, endpoint)) if endpoint else None
    if variant is None:
        return ""
    if accelerators(record) > gpus_of(str(variant.get("instanceType"))):
        return NOT_ENOUGH
    return broken_on(store, variant, record.outputs["Specification"].get("ModelName"))


def _timeout_s(told: Mapping[str, Any]) -> float:
    starts = told["Specification"].get("StartupParameters") or {}
    return float(starts.get("ContainerStartupHealthCheckTimeoutInSeconds") or _USUAL_TIMEOUT_S)
