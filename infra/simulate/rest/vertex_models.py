"""Models of the simulated Vertex AI."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.rest.google import GoogleRefusal
from llmdeploy.infra.simulate.rest.vertex_call import Effect, VertexCall
from llmdeploy.infra.simulate.rest.vertex_records import DEPLOYMENT, MODEL, add, change
from llmdeploy.infra.simulate.store import Store

_ID: Final = re.compile(r"^[a-z_][a-z0-9_-]{0,62}$")
_IMAGE: Final = re.compile(
    r"^(?P<location>[a-z0-9-]+)-docker\.pkg\.dev/(?P<project>[^/]+)/(?P<repository>[^/]+)/.+$"
)
_LONGEST_S: Final = 7200.0
"""ModelContainerSpec.deploymentTimeout."""
_PATCHED: Final = ("displayName", "description", "labels")


def upload(call: VertexCall) -> dict[str, Any]:
    """models:upload"""
    model, identity = call.body.get("model", {}), str(call.body.get("modelId", ""))
    if not _ID.match(identity):
        raise GoogleRefusal("INVALID_ARGUMENT", f'Invalid modelId: "{identity}".')
    name = f"{call.parent}/models/{identity}"
    if call.store.find(MODEL, name):
        raise GoogleRefusal("ALREADY_EXISTS", f"Model {name} already exists.")
    container = model.get("containerSpec", {})
    _check_container(container)
    _check_image(call, str(container.get("imageUri", "")))
    return call.begin(name, "UploadModel", {"name": name, "values": model})


def get(call: VertexCall) -> dict[str, Any]:
    """models.get"""
    record = call.found(MODEL)
    deployed = [
        {"endpoint": each.inputs["endpoint"], "deployedModelId": each.inputs["id"]}
        for each in call.store.of(DEPLOYMENT)
        if each.inputs.get("model") == record.id
    ]
    return {**record.outputs, **({"deployedModels": deployed} if deployed else {})}


def patch(call: VertexCall) -> dict[str, Any]:
    """models.patch"""
    mask = str(call.request.query.get("updateMask", "")).split(",")
    if wrong := [each for each in mask if each not in _PATCHED]:
        raise GoogleRefusal("INVALID_ARGUMENT", f"Update mask {wrong[0]} cannot be updated.")
    record = call.found(MODEL)
    return dict(change(call.store, record, {key: call.body.get(key) for key in mask}).outputs)


def delete(call: VertexCall) -> dict[str, Any]:
    """models.delete"""
    record = call.found(MODEL)
    used = [each for each in call.store.of(DEPLOYMENT) if each.inputs.get("model") == record.id]
    if used:
        endpoint = used[0].id.partition("/deployedModels/")[0]
        raise GoogleRefusal(
            "FAILED_PRECONDITION", f'The Model "{record.id}" is deployed at endpoints "{endpoint}".'
        )
    return call.begin(record.id, "DeleteModel", {"name": record.id})


def _check_container(container: Mapping[str, Any]) -> None:
    if not container.get("imageUri"):
        raise GoogleRefusal("INVALID_ARGUMENT", "model.containerSpec.imageUri is required.")
    prefix = container.get("invokeRoutePrefix")
    if prefix not in (None, "/*"):
        raise GoogleRefusal("INVALID_ARGUMENT", 'containerSpec.invokeRoutePrefix: only "/*" is supported.')
    if prefix and container.get("predictRoute"):
        raise GoogleRefusal(
            "INVALID_ARGUMENT", "Only one of predict_route and invoke_route_prefix can be set."
        )
    seconds = float(str(container.get("deploymentTimeout", "0s")).removesuffix("s"))
    if seconds > _LONGEST_S:
        raise GoogleRefusal("INVALID_ARGUMENT", "containerSpec.deploymentTimeout must be at most 2 hours.")
    for port in container.get("ports", []):
        if not 1 <= int(port.get("containerPort", 0)) <= 65535:
            raise GoogleRefusal("INVALID_ARGUMENT", "containerSpec.ports: must be between 1 and 65535.")
    for each in container.get("env", []):
        if not re.match(r"^[A-Za-z_][A-Za-z0-9_]*$", str(each.get("name", ""))):
            raise GoogleRefusal(
                "INVALID_ARGUMENT", f"containerSpec.env: {each.get('name')} is no C identifier."
            )


def _check_image(call: VertexCall, image: str) -> None:
    found = _IMAGE.match(image)
    if found is None:
        raise GoogleRefusal(
            "INVALID_ARGUMENT", f'Image "{image}" is not in Artifact Registry or Container Registry.'
        )
    if found["project"] != call.place.project:
        return
    repositories = call.store.of("gcp:artifactregistry/repository:Repository")
    if not any(
        (each.outputs.get("repositoryId"), each.region) == (found["repository"], found["location"])
        for each in repositories
    ):
        raise GoogleRefusal(
            "FAILED_PRECONDITION",
            f'Image "{image}" cannot be accessed: repository {found["repository"]} is not found.',
        )


def _uploaded(store: Store, what: Mapping[str, Any]) -> dict[str, Any]:
    name = str(what["name"])
    if store.find(MODEL, name) is None:
        add(store, MODEL, name, name.rpartition("/")[2], {**what["values"], "versionId": "1"})
    return {"model": name, "modelVersionId": "1"}


def _deleted(store: Store, what: Mapping[str, Any]) -> dict[str, Any]:
    record = store.find(MODEL, str(what["name"]))
    if record is not None:
        store.remove(record.number)
    return {}


EFFECTS: Final[dict[str, Effect]] = {"UploadModel": _uploaded, "DeleteModel": _deleted}
