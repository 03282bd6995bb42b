"""`llmdeploy:gcp:VertexDeployment`: a model on an endpoint's machines, from the first replica to the last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from llmdeploy.infra.provider.errors import Cancelled, ServiceRefused, Unfinished
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.vertex.google import Google
from llmdeploy.infra.provider.vertex.operations import cancel, finished, running
from llmdeploy.infra.provider.vertex.place import host, place
from llmdeploy.infra.provider.vertex.replicas import (
    MUTABLE,
    deployed_model,
    mutation,
    replicas_of,
)
from llmdeploy.infra.provider.vertex.there import gone, there
from llmdeploy.infra.provider.vertex.undeploy import undeploy
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

SLACK_S: Final = 1800.0
"""For machines to come and images to be pulled, beside what the container itself may take."""
MUTATE_S: Final = 3600.0
DEPLOYED, DEPLOYING = "deployed", "deploying"


class VertexDeploymentInputs(Frozen):
    """A deployment. Google changes nothing of it in place but the number of replicas."""

    location: str
    endpoint: str
    """`projects/P/locations/L/endpoints/ID`"""
    model: str
    """`projects/P/locations/L/models/ID`"""
    name: Annotated[str, Field(min_length=1, max_length=128)]
    machine_type: str
    accelerator: str = ""
    """`NVIDIA_L4`; empty: none."""
    accelerators: Annotated[int, Field(ge=0)] = 0
    """Of one machine."""
    min_replicas: Annotated[int, Field(ge=1)] = 1
    max_replicas: Annotated[int, Field(ge=1)] = 1
    target_duty_cycle: Annotated[int, Field(ge=1, le=100)] = 60
    """Percent of the time that the accelerators are busy, which scaling holds. 60 is Google's own default."""
    service_account: str = ""
    """E-mail of the account that the container is."""
    timeout_s: Annotated[int, Field(ge=60)] = 7200
    """What the container may take to become healthy: the model's `deployment_timeout_s`."""
    status: Literal["deployed"] = "deployed"


class VertexDeploymentResource:
    """One deployment, which gets all of the endpoint's traffic. Outputs: deployed_id, status, operation (the
    name of what still goes on; empty: nothing).
    """

    inputs = VertexDeploymentInputs
    replace_on = frozenset(VertexDeploymentInputs.model_fields) - {*MUTABLE, "timeout_s", "status"}
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, google: Callable[[], Google]) -> None:
        self._google = google

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """By the inputs, so that a successor has another, and both may be there at once."""
        return f"{inputs['endpoint']}/deployedModels/{_deployed_id(inputs)}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """Its id follows from what it is made of."""
        known = UNKNOWN not in json.dumps(dict(inputs), default=str)
        return {
            "deployed_id": _deployed_id(inputs) if known else UNKNOWN,
            "status": DEPLOYED,
            "operation": "",
        }

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """All that can differ are inputs."""
        return set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Deploy it and wait until it serves. One that is there is adopted, one on its way is waited for.

        Raises:
            ServiceRefused: it does not come up. Google has then taken it off again: nothing is left but the
                endpoint, to which the next run deploys anew.
            Unfinished: the user interrupted; Google goes on.
        """
        google, at = self._google(), host(inputs["location"])
        if self._deployed(inputs["endpoint"], _deployed_id(inputs), work) is not None:
            return self._settled(inputs, work)
        operation = self._under_way(inputs, work) or self._begin(google, at, inputs, work)
        return self._awaited(operation, inputs, work)

    def read(self, state: Mapping[str, Any]) -> State | None:
        """How many replicas it may have; None when it is not there, also where its endpoint is gone."""
        work = Work(lambda _line: None)
        found = self._deployed(state["endpoint"], state["deployed_id"], work)
        if found is not None:
            return {**_outputs(state), **replicas_of(found)}
        at = host(state["location"])
        if state.get("operation") and running(self._google(), at, state["endpoint"], work):
            return {**_outputs(state), "status": DEPLOYING, "operation": state["operation"]}
        return None

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Another number of replicas; or wait on for what an interrupted run began."""
        if state.get("status") == DEPLOYING:
            return self.create(inputs, work)
        return self._settled(inputs, work)

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Take it off the endpoint. What is still on its way is ended first."""
        google, at, endpoint = self._google(), host(state["location"]), state["endpoint"]
        if state.get("operation"):
            for operation in running(google, at, endpoint, work):
                cancel(google, at, operation, f"{_what(state)}: ending its deployment", work)
        undeploy(google, at, endpoint, state["deployed_id"], f"{_what(state)}: undeploying it", work)

    def _begin(self, google: Google, at: str, inputs: Mapping[str, Any], work: Work) -> dict[str, Any]:
        with gone(f"{place(inputs)}: the endpoint or the model of {inputs['name']}"):
            return google.call(
                "POST",
                at,
                f"{inputs['endpoint']}:deployModel",
                work,
                # "0" is the one that is being deployed (DeployModelRequest.trafficSplit).
                body={
                    "deployedModel": deployed_model(inputs, _deployed_id(inputs)),
                    "trafficSplit": {"0": 100},
                },
            )
        raise AssertionError("the call returns or raises")

    def _awaited(self, operation: Mapping[str, Any], inputs: Mapping[str, Any], work: Work) -> State:
        timeout_s = inputs["timeout_s"] + SLACK_S
        what = f"{_what(inputs)}: deploying it"
        try:
            finished(self._google(), host(inputs["location"]), operation, what, timeout_s, work)
        except Cancelled as error:
            left = {**_outputs(inputs), "status": DEPLOYING, "operation": str(operation["name"])}
            raise Unfinished(
                f"interrupted: {_what(inputs)} goes on being deployed", "run `llmdeploy up` again", left
            ) from error
        return self._settled(inputs, work)

    def _settled(self, inputs: Mapping[str, Any], work: Work) -> State:
        """With as many replicas as wanted."""
        google, at, endpoint = self._google(), host(inputs["location"]), inputs["endpoint"]
        deployed_id = _deployed_id(inputs)
        found = self._deployed(endpoint, deployed_id, work)
        if found is None:
            raise ServiceRefused(
                f"{_what(inputs)} is gone: it was undeployed behind llmdeploy's back",
                "run `llmdeploy up` again: it makes it anew",
            )
        wanted = {key: inputs[key] for key in MUTABLE}
        if replicas_of(found) != wanted:
            body = mutation(inputs, deployed_id)
            operation = google.call("POST", at, f"{endpoint}:mutateDeployedModel", work, body=body)
            finished(google, at, operation, f"{_what(inputs)}: changing its replicas", MUTATE_S, work)
        return _outputs(inputs)

    def _deployed(self, endpoint: str, deployed_id: str, work: Work) -> dict[str, Any] | None:
        found = there(self._google(), host(endpoint.split("/")[3]), endpoint, work) or {}
        models = found.get("deployedModels", [])
        return next((each for each in models if str(each["id"]) == deployed_id), None)

    def _under_way(self, inputs: Mapping[str, Any], work: Work) -> dict[str, Any] | None:
        """What deploys this very model, begun by a run that did not live to see its end."""
        for operation in running(self._google(), host(inputs["location"]), inputs["endpoint"], work):
            told = operation.get("metadata", {})
            if str(told.get("@type", "")).endswith("DeployModelOperationMetadata"):
                return operation
        return None


def _deployed_id(inputs: Mapping[str, Any]) -> str:
    """Ten digits (DeployedModel.id)."""
    made_of = {key: inputs[key] for key in sorted(VertexDeploymentResource.replace_on)}
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()
    return str(10**9 + int(digest[:12], 16) % (9 * 10**9))


def _outputs(values: Mapping[str, Any]) -> State:
    deployed_id = values.get("deployed_id") or _deployed_id(values)
    return {"deployed_id": deployed_id, "status": DEPLOYED, "operation": ""}


def _what(values: Mapping[str, Any]) -> str:
    return f"{place(values)}: {values['name']} on Vertex AI"
