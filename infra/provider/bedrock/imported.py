"""`llmdeploy:aws:BedrockImport`: weights in S3, as a model that Bedrock runs whenever it is asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

from pydantic import Field

from llmdeploy.infra.provider.amazon.service import Amazon
from llmdeploy.infra.provider.amazon.tags import Tags
from llmdeploy.infra.provider.bedrock.jobs import UNDER_WAY, ImportFailed, begin, finished, jobs_of
from llmdeploy.infra.provider.bedrock.models import label, removed, tags_of, there
from llmdeploy.infra.provider.errors import Cancelled, ServiceRefused, Unfinished
from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

IMPORTED, IMPORTING = "imported", "importing"
DIGITS: Final = 8
_NOT_ITSELF: Final = frozenset({"tags", "status", "role_arn", "subnets", "security_groups"})
"""Inputs that do not make another model of it: whose labels it has, and how the job gets at the weights."""


class BedrockImportInputs(Frozen):
    """An import. Bedrock changes nothing of a model but its tags."""

    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    name: Annotated[str, Field(pattern=r"^[a-z0-9](-?[a-z0-9])*$", max_length=50)]
    """What its name begins with."""
    role_arn: Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/.+$")]
    """The role that Bedrock reads the weights with; only while it imports."""
    source: Annotated[str, Field(pattern=r"^s3://[^/]+(/.*)?$")]
    """The folder of the weights, in the format of Hugging Face."""
    kms_key: str = ""
    """ARN of the key that the model is encrypted with; empty: one of AWS's own."""
    subnets: tuple[str, ...] = ()
    """Where the job reaches S3 through the network of one's own; empty: through AWS's."""
    security_groups: tuple[str, ...] = ()
    tags: Tags = Field(default_factory=dict)
    status: Literal["imported"] = "imported"


class BedrockImportResource:
    """One imported model. Outputs: arn, path (`/model/ARN`, the ARN encoded for a URL), status, job (the ARN
    of what still goes on; empty: nothing).
    """

    inputs = BedrockImportInputs
    replace_on = frozenset(BedrockImportInputs.model_fields) - _NOT_ITSELF
    secret_outputs: frozenset[str] = frozenset()

    def __init__(self, amazon: Callable[[], Amazon]) -> None:
        self._amazon = amazon

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """By the inputs, so that a successor has another, and both may be there at once."""
        return f"{inputs['region']}/{_model_name(inputs)}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """The ARN is Bedrock's to choose."""
        arn = old.get("arn") or UNKNOWN
        return {"arn": arn, "path": UNKNOWN if arn == UNKNOWN else _path(arn), "status": IMPORTED, "job": ""}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """All that can differ are inputs."""
        return set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Import it and wait until it is there. A model of its name is adopted, a job under way waited for.

        Raises:
            ServiceRefused: the import fails; nothing is left of it but the job's entry in a list.
            Unfinished: the user interrupted; Bedrock goes on.
        """
        amazon, location, model = self._amazon(), inputs["region"], _model_name(inputs)
        found = there(amazon, location, model, work)
        if found is not None:
            return self._adopted(found, inputs, work)
        jobs = jobs_of(amazon, location, model, work)
        job = next((str(each["jobArn"]) for each in jobs if each["status"] == UNDER_WAY), "")
        if not job:
            work.report(f"{_what(inputs)}: beginning to import {inputs['source']}")
            job = begin(amazon, location, model, _request(inputs), len(jobs), work)
        return self._awaited(job, inputs, work)

    def read(self, state: Mapping[str, Any]) -> State | None:
        """Its tags as they are; None when it is gone."""
        amazon, location, work = self._amazon(), state["region"], Work(lambda _line: None)
        found = there(amazon, location, state.get("arn") or _model_name(state), work)
        if found is not None:
            arn = str(found["modelArn"])
            return {**_outputs(arn), "tags": tags_of(amazon, location, arn, state.get("tags", {}), work)}
        jobs = jobs_of(amazon, location, _model_name(state), work) if state.get("job") else []
        if any(each["status"] == UNDER_WAY for each in jobs):
            return {**_outputs(""), "status": IMPORTING, "job": state["job"]}
        return None

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Other tags; or wait on for what an interrupted run began."""
        if state.get("status") == IMPORTING:
            return self.create(inputs, work)
        label(self._amazon(), inputs["region"], state["arn"], state.get("tags", {}), inputs["tags"], work)
        return _outputs(state["arn"])

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Remove the model. A job under way cannot be ended: what it makes is waited for, and removed."""
        amazon, location, arn = self._amazon(), state["region"], str(state.get("arn") or "")
        if not arn and state.get("job"):
            what = f"{_what(state)}: waiting for its import, which cannot be ended before it is removed"
            try:
                arn = finished(amazon, location, state["job"], what, state["source"], work)
            except ImportFailed:
                return
        if arn:
            removed(amazon, location, arn, work)

    def _adopted(self, found: Mapping[str, Any], inputs: Mapping[str, Any], work: Work) -> State:
        """One that is there under the name, which a run before this one has imported."""
        source = str(found.get("modelDataSource", {}).get("s3DataSource", {}).get("s3Uri", ""))
        if source.rstrip("/") != inputs["source"].rstrip("/"):
            raise ServiceRefused(
                f"{_what(inputs)}: another model has its name, from {source}",
                f"delete the imported model {found.get('modelName')}, then run the same command again",
            )
        amazon, location, arn = self._amazon(), inputs["region"], str(found["modelArn"])
        label(amazon, location, arn, {}, inputs["tags"], work)
        return _outputs(arn)

    def _awaited(self, job: str, inputs: Mapping[str, Any], work: Work) -> State:
        amazon, location = self._amazon(), inputs["region"]
        what = f"{_what(inputs)}: importing it"
        try:
            arn = finished(amazon, location, job, what, inputs["source"], work)
        except Cancelled as error:
            left = {**_outputs(""), "status": IMPORTING, "job": job}
            raise Unfinished(
                f"interrupted: {_what(inputs)} goes on being imported", "run `llmdeploy up` again", left
            ) from error
        # The tags are of the run that began the job, which may have been an earlier one.
        label(amazon, location, arn, {}, inputs["tags"], work)
        return _outputs(arn)


def _request(inputs: Mapping[str, Any]) -> dict[str, Any]:
    tags = [{"key": key, "value": value} for key, value in sorted(inputs["tags"].items())]
    request: dict[str, Any] = {
        "roleArn": inputs["role_arn"],
        "modelDataSource": {"s3DataSource": {"s3Uri": inputs["source"]}},
        "jobTags": tags,
        "importedModelTags": tags,
    }
    if inputs["kms_key"]:
        request["importedModelKmsKeyId"] = inputs["kms_key"]
    if inputs["subnets"]:
        request["vpcConfig"] = {
            "subnetIds": list(inputs["subnets"]),
            "securityGroupIds": list(inputs["security_groups"]),
        }
    return request


def _model_name(values: Mapping[str, Any]) -> str:
    made_of = {key: values[key] for key in sorted(BedrockImportResource.replace_on)}
    digest = hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()
    return f"{values['name']}-{digest[:DIGITS]}"


def _path(arn: str) -> str:
    """InvokeModel's path (bedrock-runtime, `/model/{modelId}/invoke`)."""
    return f"/model/{quote(arn, safe='')}"


def _outputs(arn: str) -> State:
    return {"arn": arn, "path": _path(arn) if arn else "", "status": IMPORTED, "job": ""}


def _what(values: Mapping[str, Any]) -> str:
    return f"aws/{values['region']}: {values['name']} in Bedrock"
