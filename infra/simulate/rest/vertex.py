"""The simulated Vertex AI: its control interface, v1.

Checked as Google does: the body against the discovery document of aiplatform v1, ids, what names what,
machine types, quotas. `vertex_records.py` says how it is kept, `operations.py` how its operations pass.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.rest import operations, vertex_deployments, vertex_endpoints, vertex_models
from llmdeploy.infra.simulate.rest.discovery import locations, problems
from llmdeploy.infra.simulate.rest.google import GoogleRefusal, check_credentials, check_pace
from llmdeploy.infra.simulate.rest.request import RestAnswer, RestRequest
from llmdeploy.infra.simulate.rest.vertex_call import VertexCall
from llmdeploy.infra.simulate.rest.vertex_records import DEPLOYMENT, DOCUMENT, ENDPOINT, MODEL

_PARENT: Final = r"(?P<parent>projects/(?P<project>[^/]+)/locations/(?P<place>[^/]+))"
_MODEL: Final = rf"(?P<name>{_PARENT}/models/[a-z0-9_-]+)"
_ENDPOINT: Final = rf"(?P<name>{_PARENT}/endpoints/[a-z0-9-]+)"
_OPERATION: Final = rf"(?P<name>{_PARENT}/(?P<of>(models|endpoints)/[a-z0-9_-]+/)?operations/\d+)"
_V1: Final = "GoogleCloudAiplatformV1"

EFFECTS: Final = {**vertex_models.EFFECTS, **vertex_endpoints.EFFECTS, **vertex_deployments.EFFECTS}

Route = tuple[str, str, str, str, Callable[[VertexCall], dict[str, Any]]]
"""Method, pattern, type of resource, schema of the body, and who answers."""

ROUTES: Final[tuple[Route, ...]] = (
    ("POST", f"{_PARENT}/models:upload", MODEL, "UploadModelRequest", vertex_models.upload),
    ("GET", _MODEL, MODEL, "", vertex_models.get),
    ("PATCH", _MODEL, MODEL, "Model", vertex_models.patch),
    ("DELETE", _MODEL, MODEL, "", vertex_models.delete),
    ("POST", f"{_PARENT}/endpoints", ENDPOINT, "Endpoint", vertex_endpoints.create),
    ("GET", _ENDPOINT, ENDPOINT, "", vertex_endpoints.get),
    ("PATCH", _ENDPOINT, ENDPOINT, "Endpoint", vertex_endpoints.patch),
    (
        "POST",
        f"{_ENDPOINT}:update",
        ENDPOINT,
        "UpdateEndpointLongRunningRequest",
        vertex_endpoints.update,
    ),
    ("DELETE", _ENDPOINT, ENDPOINT, "", vertex_endpoints.delete),
    ("POST", f"{_ENDPOINT}:deployModel", DEPLOYMENT, "DeployModelRequest", vertex_deployments.deploy),
    (
        "POST",
        f"{_ENDPOINT}:mutateDeployedModel",
        DEPLOYMENT,
        "MutateDeployedModelRequest",
        vertex_deployments.mutate,
    ),
    ("POST", f"{_ENDPOINT}:undeployModel", DEPLOYMENT, "UndeployModelRequest", vertex_deployments.undeploy),
    ("GET", f"{_ENDPOINT}/operations", "", "", vertex_endpoints.list_operations),
    ("GET", _OPERATION, "", "", lambda call: _operation(call).shown()),
    ("POST", f"{_OPERATION}:cancel", "", "", lambda call: _cancel(call)),
)


def answer(request: RestRequest, host: re.Match[str], token: str) -> RestAnswer:
    """The answer to one request."""
    faults = Faults(request.store)
    location = host["location"]
    try:
        if location not in locations(DOCUMENT):
            raise GoogleRefusal("NOT_FOUND", f"Vertex AI has no host in {location}.")
        check_credentials(request, token, faults, location)
        operations.carry_out(request.store, EFFECTS, _carried(request))
        return RestAnswer(_routed(request, faults, location))
    except GoogleRefusal as refusal:
        return refusal.answer


def _routed(request: RestRequest, faults: Faults, location: str) -> dict[str, Any]:
    for method, pattern, kind, schema, answered in ROUTES:
        found = re.fullmatch(f"/v1/{pattern}", request.path)
        if found is None or method != request.method:
            continue
        place = Place.of(request.store.settings(), {})
        if found["project"] not in {place.project, place.project_number}:
            raise GoogleRefusal(
                "PERMISSION_DENIED", f"Permission denied on resource project {found['project']}."
            )
        if found["place"] != location:
            raise GoogleRefusal(
                "INVALID_ARGUMENT",
                f"List of found errors: location {found['place']} is not of this endpoint.",
            )
        if wrong := problems(DOCUMENT, f"{_V1}{schema}", request.body) if schema else []:
            raise GoogleRefusal("INVALID_ARGUMENT", "\n".join(wrong))
        name = found.groupdict().get("name") or ""
        call = VertexCall(request, found["parent"], name, location, place, faults, kind)
        if kind and method != "GET":
            check_pace(faults, kind, call.shown, location)
        return answered(call)
    raise GoogleRefusal("NOT_FOUND", f"{request.method} {request.path} is not simulated.")


def _operation(call: VertexCall) -> operations.Operation:
    found = operations.known(call.store, call.name)
    if found is None:
        raise GoogleRefusal("NOT_FOUND", f"Operation {call.name} is not found.")
    return found


def _cancel(call: VertexCall) -> dict[str, Any]:
    operation = _operation(call)
    if not operation.done:
        cancelled = {"code": 1, "message": "The operation was cancelled."}
        operations.end(call.store, operation, error=cancelled)
    return {}


def _carried(request: RestRequest) -> Callable[[operations.Operation], dict[str, Any]]:
    return lambda operation: EFFECTS[operation.kind](request.store, operation.what)
