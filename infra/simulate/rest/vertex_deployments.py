"""Models on endpoints of the simulated Vertex AI: deployed, changed, taken off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.google import GoogleRefusal
from llmdeploy.infra.simulate.rest.vertex_call import Effect, VertexCall
from llmdeploy.infra.simulate.rest.vertex_machines import check_machine, lack, over_quota
from llmdeploy.infra.simulate.rest.vertex_records import (
    DEPLOYMENT,
    ENDPOINT,
    MODEL,
    add,
    change,
    deployments_of,
)
from llmdeploy.infra.simulate.store import Store

_ID: Final = re.compile(r"^[0-9]{1,10}$")
_MUTABLE: Final = ("minReplicaCount", "maxReplicaCount", "autoscalingMetricSpecs", "requiredReplicaCount")
_NOT_READY: Final = (
    "Model server never became ready. Please validate that your model file or container configuration are "
    "valid. (A fault of the simulation.)"
)
_DEPLOYMENT_S: Final = 7200.0


def deploy(call: VertexCall) -> dict[str, Any]:
    """endpoints.deployModel"""
    endpoint = call.found(ENDPOINT)
    wanted = call.body.get("deployedModel", {})
    identity, model = str(wanted.get("id", "")), call.store.find(MODEL, str(wanted.get("model", "")))
    if not _ID.match(identity):
        raise GoogleRefusal("INVALID_ARGUMENT", f'Invalid deployedModel.id: "{identity}".')
    if any(each.inputs.get("id") == identity for each in deployments_of(call.store, endpoint.id)):
        raise GoogleRefusal("ALREADY_EXISTS", f"DeployedModel {identity} already exists.")
    if model is None:
        raise GoogleRefusal("NOT_FOUND", f'The Model "{wanted.get("model")}" is not found.')
    container = model.inputs.get("containerSpec", {})
    if container.get("invokeRoutePrefix") and not endpoint.inputs.get("dedicatedEndpointEnabled"):
        raise GoogleRefusal("FAILED_PRECONDITION", "The Model can only be deployed to a dedicated endpoint.")
    _check_account(call, str(wanted.get("serviceAccount", "")))
    resources = wanted.get("dedicatedResources", {})
    check_machine(call, resources)
    _check_size(resources)
    over_quota(call, resources)
    split = {
        (identity if key == "0" else key): share for key, share in call.body.get("trafficSplit", {}).items()
    }
    _check_split(call.store, endpoint.id, split, identity)
    what = {"endpoint": endpoint.id, "values": wanted, "trafficSplit": split}
    lasts_s, error = 0.0, lack(call, resources)
    if call.faults.strike("unhealthy", DEPLOYMENT, call.shown, call.location):
        lasts_s = float(str(container.get("deploymentTimeout", f"{_DEPLOYMENT_S}s")).removesuffix("s"))
        error = {"code": 9, "message": _NOT_READY}
    return call.begin(endpoint.id, "DeployModel", what, lasts_s, error)


def mutate(call: VertexCall) -> dict[str, Any]:
    """endpoints.mutateDeployedModel"""
    endpoint, wanted = call.found(ENDPOINT), call.body.get("deployedModel", {})
    mask = [each for each in str(call.body.get("updateMask", "")).split(",") if each]
    fields = [each.removeprefix("dedicatedResources.") for each in mask]
    if not fields or any(each not in _MUTABLE for each in fields):
        raise GoogleRefusal("INVALID_ARGUMENT", f'Invalid update mask: "{",".join(mask)}".')
    record = _deployment(call.store, endpoint.id, str(wanted.get("id", "")))
    given = wanted.get("dedicatedResources", {})
    resources = {**record.inputs["dedicatedResources"], **{key: given.get(key) for key in fields}}
    _check_size(resources)
    over_quota(call, resources, record.number)
    what = {"name": record.id, "values": {"dedicatedResources": resources}}
    return call.begin(endpoint.id, "MutateDeployedModel", what)


def undeploy(call: VertexCall) -> dict[str, Any]:
    """endpoints.undeployModel"""
    endpoint = call.found(ENDPOINT)
    identity = str(call.body.get("deployedModelId", ""))
    record = _deployment(call.store, endpoint.id, identity)
    split = dict(call.body.get("trafficSplit") or endpoint.inputs.get("trafficSplit") or {})
    others = len(deployments_of(call.store, endpoint.id)) > 1
    if others and split.get(identity):
        raise GoogleRefusal(
            "FAILED_PRECONDITION", f"DeployedModel {identity} still has traffic assigned to it."
        )
    split = {key: share for key, share in split.items() if key != identity} if others else {}
    what = {"name": record.id, "endpoint": endpoint.id, "trafficSplit": split}
    return call.begin(endpoint.id, "UndeployModel", what)


def _deployment(store: Store, endpoint: str, identity: str) -> Any:
    record = store.find(DEPLOYMENT, f"{endpoint}/deployedModels/{identity}")
    if record is None:
        raise GoogleRefusal("NOT_FOUND", f"DeployedModel {identity} is not found.")
    return record


def _check_size(resources: Mapping[str, Any]) -> None:
    least = resources.get("minReplicaCount", 0)
    most = resources.get("maxReplicaCount", least)
    if least < 1:
        raise GoogleRefusal("INVALID_ARGUMENT", "dedicatedResources.minReplicaCount must be at least 1.")
    if most < least:
        raise GoogleRefusal(
            "INVALID_ARGUMENT", f"maxReplicaCount {most} is less than minReplicaCount {least}."
        )
    for metric in resources.get("autoscalingMetricSpecs", []):
        if not 1 <= metric.get("target", 60) <= 100:
            raise GoogleRefusal("INVALID_ARGUMENT", "autoscalingMetricSpecs.target must be from 1 to 100.")


def _check_split(store: Store, endpoint: str, split: Mapping[str, int], identity: str) -> None:
    if not split:
        return
    there = {str(each.inputs.get("id")) for each in deployments_of(store, endpoint)} | {identity}
    if unknown := [key for key in split if key not in there]:
        raise GoogleRefusal(
            "INVALID_ARGUMENT", f"trafficSplit names DeployedModel {unknown[0]}, which is not there."
        )
    if sum(split.values()) != 100:
        raise GoogleRefusal("INVALID_ARGUMENT", "trafficSplit must add up to 100.")


def _check_account(call: VertexCall, account: str) -> None:
    accounts = call.store.of("gcp:serviceaccount/account:Account")
    if account and account not in {each.outputs.get("email") for each in accounts}:
        raise GoogleRefusal("INVALID_ARGUMENT", f"Service account {account} does not exist.")


def _deployed(store: Store, what: Mapping[str, Any]) -> dict[str, Any]:
    endpoint, values = store.find(ENDPOINT, str(what["endpoint"])), what["values"]
    name = f"{what['endpoint']}/deployedModels/{values['id']}"
    if endpoint is None or store.find(DEPLOYMENT, name):
        return {}
    shown = str(values.get("displayName") or values["id"])
    targets = {"endpoint": endpoint.id, "model": str(values["model"])}
    made = add(store, DEPLOYMENT, name, shown, {**values, "endpoint": endpoint.id}, targets)
    _count(store, made)
    if what["trafficSplit"]:
        change(store, endpoint, {"trafficSplit": what["trafficSplit"]})
    return {"deployedModel": dict(values)}


def _mutated(store: Store, what: Mapping[str, Any]) -> dict[str, Any]:
    record = store.find(DEPLOYMENT, str(what["name"]))
    return {"deployedModel": _count(store, change(store, record, what["values"]))} if record else {}


def _count(store: Store, record: Record) -> dict[str, Any]:
    """The replicas that are up: in a simulation as many as there must be."""
    up = record.inputs["dedicatedResources"].get("minReplicaCount", 1)
    outputs = {**record.outputs, "status": {"availableReplicaCount": up}}
    store.put(replace(record, outputs=outputs))
    return outputs


def _undeployed(store: Store, what: Mapping[str, Any]) -> dict[str, Any]:
    record, endpoint = store.find(DEPLOYMENT, str(what["name"])), store.find(ENDPOINT, str(what["endpoint"]))
    if record is not None:
        store.remove(record.number)
    if endpoint is not None:
        change(store, endpoint, {"trafficSplit": what["trafficSplit"]})
    return {}


EFFECTS: Final[dict[str, Effect]] = {
    "DeployModel": _deployed,
    "MutateDeployedModel": _mutated,
    "UndeployModel": _undeployed,
}
