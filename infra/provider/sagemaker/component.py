"""`llmdeploy:aws:InferenceComponent`: a model on an endpoint that hosts none by itself, so that its copies,
and with them the instances, may be none while nobody asks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from llmdeploy.infra.provider.amazon.service import Amazon
from llmdeploy.infra.provider.amazon.tags import Tags
from llmdeploy.infra.provider.errors import Cancelled, ServiceRefused, Unfinished
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.sagemaker.components import (
    DELETING,
    FAILED,
    begin_update,
    failure,
    removed,
    settled,
    there,
)
from llmdeploy.infra.provider.sagemaker.specification import (
    CHANGED_IN_PLACE,
    inputs_of,
    specification,
)
from llmdeploy.infra.provider.sagemaker.tags import label, listed, tags_of
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

SERVING, STARTING, BROKEN = "in-service", "starting", "failed"
_Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")]
_Timeout = Annotated[int, Field(ge=60, le=3600)]


class InferenceComponentInputs(Frozen):
    """A component, within the bounds of botocore 1.44.8, CreateInferenceComponent."""

    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    name: _Name
    endpoint: _Name
    """The name of one that is in service and hosts no model by itself."""
    variant: _Name
    model: _Name
    accelerators: Annotated[int, Field(ge=1)]
    """GPUs of one copy."""
    memory_mib: Annotated[int, Field(ge=128)]
    """Reserved for one copy; it may take more."""
    download_timeout_s: _Timeout
    startup_timeout_s: _Timeout
    copies: Annotated[int, Field(ge=1)] = 1
    """It begins with so many. SageMaker makes none with 0 (stdapi-ai/stdapi.ai#43, 2026-08-27)."""
    alarms: tuple[str, ...] = ()
    """Names of alarms that take an update back."""
    tags: Tags = Field(default_factory=dict)
    status: Literal["in-service"] = "in-service"


class InferenceComponentResource:
    """One component. Outputs: arn, status."""

    inputs = InferenceComponentInputs
    replace_on = frozenset({"region", "name", "endpoint", "variant"})
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, amazon: Callable[[], Amazon]) -> None:
        self._amazon = amazon

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """Its name is given once a region."""
        return f"{inputs['region']}/{inputs['name']}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """The ARN holds the account, which is AWS's to say."""
        return {"arn": old.get("arn") or UNKNOWN, "status": SERVING}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """All that can differ are inputs, and the status."""
        return set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Make it and wait until its first copies serve. One of its name that another run has begun is
        adopted, one that has failed is made anew.

        Raises:
            ServiceRefused: it does not start; nothing is left of it.
            Unfinished: the user interrupted; SageMaker goes on.
        """
        amazon, location, name = self._amazon(), inputs["region"], inputs["name"]
        found = there(amazon, location, name, work)
        if found is not None and found["InferenceComponentStatus"] in (FAILED, DELETING):
            removed(amazon, location, name, _what(inputs), work)
            found = None
        if found is None:
            work.report(f"{_what(inputs)}: starting {inputs['copies']} on {inputs['endpoint']}")
            self._make(inputs, work)
            return self._started(inputs, work)
        if found["EndpointName"] != inputs["endpoint"]:
            raise ServiceRefused(
                f"{_what(inputs)}: a component of {found['EndpointName']} has its name",
                f"delete the inference component {name}, then run the same command again",
            )
        self._started(inputs, work)
        return self._changed(inputs, {}, work)

    def read(self, state: Mapping[str, Any]) -> State | None:
        """What it is now; None when it is gone."""
        amazon, location, work = self._amazon(), state["region"], Work(lambda _line: None)
        found = there(amazon, location, state["name"], work)
        if found is None or found["InferenceComponentStatus"] == DELETING:
            return None
        arn = str(found["InferenceComponentArn"])
        status = {FAILED: BROKEN, "Creating": STARTING}.get(found["InferenceComponentStatus"], SERVING)
        tags = tags_of(amazon, location, arn, state.get("tags", {}), work)
        return {**inputs_of(found), "arn": arn, "status": status, "tags": tags}

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Copies of another kind in the place of the old, one at a time; other tags; or wait on for what an
        interrupted run began. What has failed, or is gone, is made anew.
        """
        if state.get("status") != SERVING:
            return self.create(inputs, work)
        return self._changed(inputs, state.get("tags", {}), work)

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Remove it, and wait until it is gone."""
        removed(self._amazon(), state["region"], state["name"], _what(state), work)

    def _make(self, inputs: Mapping[str, Any], work: Work) -> None:
        self._amazon().call(
            inputs["region"],
            "create_inference_component",
            work,
            InferenceComponentName=inputs["name"],
            EndpointName=inputs["endpoint"],
            VariantName=inputs["variant"],
            Specification=specification(inputs),
            RuntimeConfig={"CopyCount": inputs["copies"]},
            Tags=listed(inputs["tags"]),
        )

    def _started(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Its outputs once it serves."""
        amazon, location, name = self._amazon(), inputs["region"], inputs["name"]
        what = f"{_what(inputs)}: starting it"
        try:
            found = settled(amazon, location, name, what, work)
        except Cancelled as error:
            known = there(amazon, location, name, Work(lambda _line: None)) or {}
            left = {"arn": str(known.get("InferenceComponentArn", "")), "status": STARTING}
            raise Unfinished(
                f"interrupted: {_what(inputs)} goes on being started", "run `llmdeploy up` again", left
            ) from error
        if found is None:
            raise ServiceRefused(f"{what} ended: somebody has deleted it", "run the same command again")
        if found["InferenceComponentStatus"] == FAILED:
            refused = failure(found, what)
            removed(amazon, location, name, _what(inputs), work)
            raise refused
        return {"arn": str(found["InferenceComponentArn"]), "status": SERVING}

    def _changed(self, inputs: Mapping[str, Any], old_tags: Mapping[str, str], work: Work) -> State:
        """Its outputs once it is what the inputs say."""
        amazon, location, name = self._amazon(), inputs["region"], inputs["name"]
        what = f"{_what(inputs)}: updating it"
        found = settled(amazon, location, name, what, work)
        if found is None:
            raise ServiceRefused(
                f"{_what(inputs)} is gone: it was deleted behind llmdeploy's back",
                "run `llmdeploy up` again: it makes it anew",
                404,
            )
        if found["InferenceComponentStatus"] == FAILED:
            return self.create(inputs, work)
        if not _is(found, inputs):
            begin_update(amazon, location, inputs, what, work)
            found = settled(amazon, location, name, what, work)
            if found is None or not _is(found, inputs):
                raise failure(found or {}, f"{what} was taken back: it")
        arn = str(found["InferenceComponentArn"])
        label(amazon, location, arn, old_tags, inputs["tags"], work)
        return {"arn": arn, "status": SERVING}


def _is(found: Mapping[str, Any], inputs: Mapping[str, Any]) -> bool:
    """Whether copies are of the kind that is wanted."""
    return {key: inputs[key] for key in CHANGED_IN_PLACE}.items() <= inputs_of(found).items()


def _what(values: Mapping[str, Any]) -> str:
    return f"aws/{values['region']}: {values['name']} in SageMaker"
