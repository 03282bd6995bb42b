"""Endpoints of the simulated Vertex AI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.rest import operations
from llmdeploy.infra.simulate.rest.google import GoogleRefusal
from llmdeploy.infra.simulate.rest.vertex_call import Effect, VertexCall
from llmdeploy.infra.simulate.rest.vertex_records import ENDPOINT, add, change, deployments_of
from llmdeploy.infra.simulate.store import Store

_ID: Final = re.compile(r"^([a-z]([a-z0-9-]{0,61}[a-z0-9])?|[1-9][0-9]{0,8})$")
"""endpoints.create, `endpointId`."""
_LONGEST_S: Final = 3600.0
_PATCHED: Final = ("displayName", "description", "labels", "trafficSplit")


def create(call: VertexCall) -> dict[str, Any]:
    """endpoints.create"""
    identity = str(call.request.query.get("endpointId", ""))
    if not _ID.match(identity):
        raise GoogleRefusal("INVALID_ARGUMENT", f'Invalid endpoint ID: "{identity}".')
    if not call.body.get("displayName"):
        raise GoogleRefusal("INVALID_ARGUMENT", "endpoint.displayName is required.")
    _check_connection(call.body)
    name = f"{call.parent}/endpoints/{identity}"
    if call.store.find(ENDPOINT, name):
        raise GoogleRefusal("ALREADY_EXISTS", f"Endpoint {name} already exists.")
    dns = f"{identity}.{call.location}-{call.place.project_number}.prediction.vertexai.goog"
    values = {
        **call.body,
        **({"dedicatedEndpointDns": dns} if call.body.get("dedicatedEndpointEnabled") else {}),
    }
    return call.begin(name, "CreateEndpoint", {"name": name, "values": values})


def get(call: VertexCall) -> dict[str, Any]:
    """endpoints.get"""
    return _shown(call.store, call.found(ENDPOINT).id)


def patch(call: VertexCall) -> dict[str, Any]:
    """endpoints.patch"""
    mask = str(call.request.query.get("updateMask", "")).split(",")
    if wrong := [each for each in mask if each not in _PATCHED]:
        raise GoogleRefusal("INVALID_ARGUMENT", f"Update mask {wrong[0]} cannot be updated.")
    change(call.store, call.found(ENDPOINT), {key: call.body.get(key) for key in mask})
    return get(call)


def update(call: VertexCall) -> dict[str, Any]:
    """endpoints.update: the connection's settings, and nothing else."""
    values = call.body.get("endpoint", {})
    if wrong := [each for each in values if each not in {"name", "clientConnectionConfig"}]:
        raise GoogleRefusal(
            "INVALID_ARGUMENT", f"Only client_connection_config can be updated, not {wrong[0]}."
        )
    _check_connection(values)
    name = call.found(ENDPOINT).id
    connection = {"clientConnectionConfig": values.get("clientConnectionConfig", {})}
    return call.begin(name, "UpdateEndpoint", {"name": name, "values": connection})


def delete(call: VertexCall) -> dict[str, Any]:
    """endpoints.delete"""
    name = call.found(ENDPOINT).id
    under_way = [each for each in operations.under(call.store, name) if not each.done]
    if deployments_of(call.store, name) or under_way:
        raise GoogleRefusal(
            "FAILED_PRECONDITION", f'The Endpoint "{name}" has deployed or being-deployed DeployedModels.'
        )
    return call.begin(name, "DeleteEndpoint", {"name": name})


def list_operations(call: VertexCall) -> dict[str, Any]:
    """endpoints.operations.list"""
    return {"operations": [each.shown() for each in operations.under(call.store, call.name)]}


def _shown(store: Store, name: str) -> dict[str, Any]:
    record = store.find(ENDPOINT, name)
    assert record is not None
    deployed = [
        {key: value for key, value in each.outputs.items() if key not in {"name", "endpoint"}}
        for each in deployments_of(store, name)
    ]
    return {**record.outputs, **({"deployedModels": deployed} if deployed else {})}


def _check_connection(values: Mapping[str, Any]) -> None:
    told = values.get("clientConnectionConfig", {}).get("inferenceTimeout", "600s")
    if not 0 < float(str(told).removesuffix("s")) <= _LONGEST_S:
        raise GoogleRefusal(
            "INVALID_ARGUMENT", "clientConnectionConfig.inferenceTimeout must be at most 3600 seconds."
        )


def _created(store: Store, what: Mapping[str, Any]) -> dict[str, Any]:
    name = str(what["name"])
    if store.find(ENDPOINT, name) is None:
        add(store, ENDPOINT, name, name.rpartition("/")[2], what["values"])
    return _shown(store, name)


def _updated(store: Store, what: Mapping[str, Any]) -> dict[str, Any]:
    record = store.find(ENDPOINT, str(what["name"]))
    return dict(change(store, record, what["values"]).outputs) if record else {}


def _deleted(store: Store, what: Mapping[str, Any]) -> dict[str, Any]:
    record = store.find(ENDPOINT, str(what["name"]))
    if record is not None:
        store.remove(record.number)
    return {}


EFFECTS: Final[dict[str, Effect]] = {
    "CreateEndpoint": _created,
    "UpdateEndpoint": _updated,
    "DeleteEndpoint": _deleted,
}
