"""`llmdeploy:gcp:VertexModel`: a container with its weights, as Vertex AI keeps it before it is deployed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.vertex.google import Google
from llmdeploy.infra.provider.vertex.labels import Labels, kept_labels
from llmdeploy.infra.provider.vertex.operations import finished
from llmdeploy.infra.provider.vertex.place import host, parent, place
from llmdeploy.infra.provider.vertex.there import gone, removed, there
from llmdeploy.infra.provider.vertex.undeploy import undeploy
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

UPLOAD_S: Final = 1800.0
"""An upload copies the image, and weights from a bucket: half an hour for the largest."""
DEPLOYMENT_MOST_S: Final = 7200
"""`ModelContainerSpec.deploymentTimeout`: "Limit for deployment timeout is 2 hours"."""
DIGITS: Final = 10
_NOT_ITSELF: Final = frozenset({"labels", "name"})
"""Inputs that do not make another model of it."""


class VertexModelInputs(Frozen):
    """A model. Google changes nothing of it but its labels."""

    project: str
    location: str
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,45}$")]
    """What its id begins with."""
    image: Annotated[str, Field(pattern=r"^[a-z0-9-]*-?docker\.pkg\.dev/.+$")]
    """In Artifact Registry; Vertex AI takes no other."""
    arguments: tuple[str, ...] = ()
    """What follows the image's own entrypoint."""
    environment: dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], str] = Field(
        default_factory=dict
    )
    """Vertex AI shows it to everybody who may see the model: nothing secret."""
    port: Annotated[int, Field(ge=1, le=65535)]
    health_path: Annotated[str, Field(pattern=r"^/\S*$")]
    shm_mib: Annotated[int, Field(ge=0)] = 0
    """Of /dev/shm."""
    weights: Annotated[str, Field(pattern=r"^(gs://\S+)?$")] = ""
    """A folder that Vertex AI copies and names to the container in AIP_STORAGE_URI; empty: none."""
    deployment_timeout_s: Annotated[int, Field(ge=60, le=DEPLOYMENT_MOST_S)] = DEPLOYMENT_MOST_S
    labels: Labels = Field(default_factory=dict)


class VertexModelResource:
    """One model. Output: resource (`projects/P/locations/L/models/ID`)."""

    inputs = VertexModelInputs
    replace_on = frozenset(VertexModelInputs.model_fields) - {"labels"}
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, google: Callable[[], Google]) -> None:
        self._google = google

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """By the inputs, so that a successor has another, and both may be there at once."""
        return f"{parent(inputs)}/models/{_model_id(inputs)}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """Its name is known before it is there, where its inputs are."""
        known = UNKNOWN not in json.dumps(dict(inputs), default=str)
        return {"resource": self.resource_id(inputs) if known else UNKNOWN}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """Nothing of it can be changed but the labels, which are inputs."""
        return set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Upload it, or adopt what an interrupted run has uploaded: an id stands for one content."""
        google, name = self._google(), self.resource_id(inputs)
        found = there(google, host(inputs["location"]), name, work)
        if found is None:
            operation = google.call(
                "POST",
                host(inputs["location"]),
                f"{parent(inputs)}/models:upload",
                work,
                body={"modelId": _model_id(inputs), "model": _content(inputs)},
            )
            what = f"{place(inputs)}: uploading the model {_model_id(inputs)}"
            finished(google, host(inputs["location"]), operation, what, UPLOAD_S, work)
        elif found.get("labels", {}) != inputs["labels"]:
            self._label(inputs, work)
        return {"resource": name}

    def read(self, state: Mapping[str, Any]) -> State | None:
        """Its labels as they are; None when it is gone."""
        work = Work(lambda _line: None)
        found = there(self._google(), host(state["location"]), state["resource"], work)
        if found is None:
            return None
        return {"resource": state["resource"], "labels": kept_labels(state, found)}

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Other labels."""
        self._label(inputs, work)
        return {"resource": state["resource"]}

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Google refuses while it is deployed. The engine deletes deployments first, but for one that a
        killed run has begun and could not tell of: that is on the endpoint of the model's own name.
        """
        google, at, name = self._google(), host(state["location"]), state["resource"]
        what = f"{place(state)}: deleting the model {name.rpartition('/')[2]}"
        for deployed in (there(google, at, name, work) or {}).get("deployedModels", []):
            if str(deployed["endpoint"]).rpartition("/")[2] == state["name"]:
                undeploy(google, at, deployed["endpoint"], str(deployed["deployedModelId"]), what, work)
        removed(google, at, name, what, work)

    def _label(self, inputs: Mapping[str, Any], work: Work) -> None:
        with gone(f"{place(inputs)}: the model {_model_id(inputs)}"):
            self._google().call(
                "PATCH",
                host(inputs["location"]),
                self.resource_id(inputs),
                work,
                query={"updateMask": "labels"},
                body={"labels": inputs["labels"]},
            )


def _model_id(inputs: Mapping[str, Any]) -> str:
    made_of = {key: value for key, value in inputs.items() if key not in _NOT_ITSELF}
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True, default=list).encode()).hexdigest()
    return f"{inputs['name']}-{digest[:DIGITS]}"


def _content(inputs: Mapping[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = {
        "imageUri": inputs["image"],
        "args": list(inputs["arguments"]),
        "env": [{"name": name, "value": value} for name, value in sorted(inputs["environment"].items())],
        "ports": [{"containerPort": inputs["port"]}],
        # Every path of the server is reached: the gateway asks it as it asks any other replica.
        "invokeRoutePrefix": "/*",
        "healthRoute": inputs["health_path"],
        "deploymentTimeout": f"{inputs['deployment_timeout_s']}s",
    }
    if inputs["shm_mib"]:
        container["sharedMemorySizeMb"] = str(inputs["shm_mib"])
    model = {"displayName": inputs["name"], "containerSpec": container, "labels": inputs["labels"]}
    return {**model, "artifactUri": inputs["weights"]} if inputs["weights"] else model
