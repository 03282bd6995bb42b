"""`llmdeploy:gcp:VertexEndpoint`: a dedicated endpoint of Vertex AI, a host that models are deployed to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import Field

from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.vertex.google import Google
from llmdeploy.infra.provider.vertex.labels import Labels, kept_labels
from llmdeploy.infra.provider.vertex.operations import cancel, finished, running
from llmdeploy.infra.provider.vertex.place import host, parent, place
from llmdeploy.infra.provider.vertex.there import gone, removed, there
from llmdeploy.infra.provider.vertex.undeploy import undeploy
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

CREATE_S: Final = 900.0
LONGEST_REQUEST_S: Final = 3600
"""vertex-ai/docs/predictions/using-dedicated-endpoints: 10 minutes by default, 3,600 s at most."""
_SECONDS: Final = "inference_timeout_s"


class VertexEndpointInputs(Frozen):
    """An endpoint."""

    project: str
    location: str
    endpoint_id: Annotated[str, Field(pattern=r"^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$")]
    """The last part of its name; unique in the project and region."""
    inference_timeout_s: Annotated[int, Field(ge=1, le=LONGEST_REQUEST_S)] = LONGEST_REQUEST_S
    """What one request may take."""
    labels: Labels = Field(default_factory=dict)


class VertexEndpointResource:
    """One endpoint. Outputs: resource (`projects/P/locations/L/endpoints/ID`), host (without a scheme), path
    (goes before a path of the container, `/v1/…/endpoints/ID/invoke`).
    """

    inputs = VertexEndpointInputs
    replace_on = frozenset({"project", "location", "endpoint_id"})
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, google: Callable[[], Google]) -> None:
        self._google = google

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """Its name."""
        return f"{parent(inputs)}/endpoints/{inputs['endpoint_id']}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """The host is Google's to choose; the path is known."""
        known = UNKNOWN not in (inputs["project"], inputs["location"], inputs["endpoint_id"])
        name = self.resource_id(inputs) if known else UNKNOWN
        path = f"/v1/{name}/invoke" if known else UNKNOWN
        return {"resource": name, "host": old.get("host", UNKNOWN), "path": path}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """All that can differ are inputs."""
        return set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Make it; or take up the one that is there under the name, made by an interrupted run."""
        google, name, at = self._google(), self.resource_id(inputs), host(inputs["location"])
        if there(google, at, name, work) is None:
            operation = google.call(
                "POST",
                at,
                f"{parent(inputs)}/endpoints",
                work,
                query={"endpointId": inputs["endpoint_id"]},
                body={
                    "displayName": inputs["endpoint_id"],
                    "dedicatedEndpointEnabled": True,
                    **_connection(inputs),
                    "labels": inputs["labels"],
                },
            )
            finished(google, at, operation, f"{_what(inputs)}: making it", CREATE_S, work)
        else:
            self._change(inputs, work)
        found = self._found(inputs, name, work)
        return self._outputs(name, found)

    def read(self, state: Mapping[str, Any]) -> State | None:
        """Its host, labels and time-out as they are; None when it is gone."""
        found = there(self._google(), host(state["location"]), state["resource"], Work(lambda _line: None))
        if found is None:
            return None
        outputs = self._outputs(state["resource"], found)
        return {**outputs, "labels": kept_labels(state, found), _SECONDS: _timeout_s(found)}

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Other labels, another time-out."""
        self._change(inputs, work)
        return self._outputs(state["resource"], self._found(inputs, state["resource"], work))

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """With all that is deployed there: a failed or interrupted run may have left some."""
        google, at, name = self._google(), host(state["location"]), state["resource"]
        found = there(google, at, name, work)
        if found is None:
            return
        for operation in running(google, at, name, work):
            cancel(google, at, operation, f"{_what(state)}: ending what goes on there", work)
        for model in (there(google, at, name, work) or {}).get("deployedModels", []):
            undeploy(google, at, name, str(model["id"]), f"{_what(state)}: undeploying", work)
        removed(google, at, name, f"{_what(state)}: deleting it", work)

    def _change(self, inputs: Mapping[str, Any], work: Work) -> None:
        google, at, name = self._google(), host(inputs["location"]), self.resource_id(inputs)
        with gone(_what(inputs)):
            google.call(
                "PATCH",
                at,
                name,
                work,
                query={"updateMask": "labels"},
                body={"labels": inputs["labels"]},
            )
            if _timeout_s(google.call("GET", at, name, work)) != inputs[_SECONDS]:
                # The one way to change it; `patch` refuses it (UpdateEndpointLongRunningRequest.endpoint).
                operation = google.call(
                    "POST", at, f"{name}:update", work, body={"endpoint": _connection(inputs)}
                )
                finished(google, at, operation, f"{_what(inputs)}: changing it", CREATE_S, work)

    def _found(self, inputs: Mapping[str, Any], name: str, work: Work) -> dict[str, Any]:
        with gone(_what(inputs)):
            return self._google().call("GET", host(inputs["location"]), name, work)
        raise AssertionError("the call returns or raises")

    def _outputs(self, name: str, found: Mapping[str, Any]) -> State:
        return {
            "resource": name,
            "host": found.get("dedicatedEndpointDns", ""),
            "path": f"/v1/{name}/invoke",
        }


def _what(values: Mapping[str, Any]) -> str:
    return f"{place(values)}: the Vertex AI endpoint {values['endpoint_id']}"


def _connection(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"clientConnectionConfig": {"inferenceTimeout": f"{inputs[_SECONDS]}s"}}


def _timeout_s(found: Mapping[str, Any]) -> int:
    """As it is; Google's default where it says none."""
    told = str(found.get("clientConnectionConfig", {}).get("inferenceTimeout", "600s"))
    return round(float(told.removesuffix("s")))
