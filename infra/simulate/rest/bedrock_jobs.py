"""Jobs of the simulated Bedrock that import a model, by a clock that may run faster than ours."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from llmdeploy.infra.simulate.rest import operations
from llmdeploy.infra.simulate.rest.amazon import AmazonRefusal
from llmdeploy.infra.simulate.rest.bedrock_call import BedrockCall, page
from llmdeploy.infra.simulate.rest.bedrock_records import IMPORT, add, named
from llmdeploy.infra.simulate.rest.bedrock_role import may_read, takes_role
from llmdeploy.infra.simulate.rest.operations import Operation
from llmdeploy.infra.simulate.store import Store

KIND: Final = "ModelImportJob"
QUOTA: Final = "imported-models"
"""The `type` of a fault `quota` that is about how many models an account may have in a region."""
_INTERNAL: Final = "Internal error. Retry the import job. (A fault of the simulation.)"
_UNFIT: Final = "Unsupported model architecture in config.json. (A fault of the simulation.)"
_ARCHITECTURE: Final = "LlamaForCausalLM"
"""Of every simulated model: nobody looks into the bucket."""


def create(call: BedrockCall) -> dict[str, Any]:
    """CreateModelImportJob"""
    told = call.told
    for each in _jobs(call.store, call.location):
        token = told.get("clientRequestToken")
        if token and each.what["request"].get("clientRequestToken") == token:
            return {"jobArn": each.name}
        if each.what["request"]["jobName"] == told["jobName"]:
            raise AmazonRefusal("ConflictException", f"The job name {told['jobName']} is in use.", 409)
    name = str(told["importedModelName"])
    waiting = [
        each
        for each in _jobs(call.store, call.location)
        if not each.done and each.what["request"]["importedModelName"] == name
    ]
    if waiting or named(call.store, call.location, name):
        raise AmazonRefusal("ConflictException", f"The imported model name {name} is in use.", 409)
    if not takes_role(call, str(told["roleArn"])):
        raise AmazonRefusal("ValidationException", "Could not assume the provided IAM role.")
    _check_quota(call)
    return {"jobArn": _begin(call, name)}


def get(call: BedrockCall) -> dict[str, Any]:
    """GetModelImportJob"""
    wanted = call.told["jobIdentifier"]
    for each in _jobs(call.store, call.location):
        if wanted in (each.name, each.what["request"]["jobName"]):
            return _shown(each)
    raise AmazonRefusal("ResourceNotFoundException", f"Could not find model import job {wanted}", 404)


def list_jobs(call: BedrockCall) -> dict[str, Any]:
    """ListModelImportJobs"""
    wanted = call.told.get("statusEquals")
    summary = ("jobArn", "jobName", "status", "lastModifiedTime", "creationTime", "endTime")
    keys = (*summary, "importedModelArn", "importedModelName")
    found = [
        {key: value for key, value in shown.items() if key in keys}
        for shown in map(_shown, _jobs(call.store, call.location))
        if wanted in (None, shown["status"])
    ]
    return page(found, "modelImportJobSummaries", "jobName", call)


def carried(store: Store, job: Operation) -> dict[str, Any]:
    """The model of a job whose time has come."""
    request = job.what["request"]
    arn = f"{job.name.rpartition(':')[0]}:imported-model/{uuid4().hex[:12]}"
    tags = {each["key"]: each["value"] for each in request.get("importedModelTags", [])}
    outputs = {
        "modelArn": arn,
        "modelName": request["importedModelName"],
        "jobName": request["jobName"],
        "jobArn": job.name,
        "modelDataSource": request["modelDataSource"],
        "creationTime": stamp(time.time()),
        "modelArchitecture": _ARCHITECTURE,
        "instructSupported": True,
        "customModelUnits": {"customModelUnitsPerModelCopy": 1, "customModelUnitsVersion": "v1.0"},
        "tags": tags,
    }
    key = request.get("importedModelKmsKeyId")
    add(store, arn, request, {**outputs, "modelKmsKeyArn": key} if key else outputs)
    return {"importedModelArn": arn}


def stamp(seconds: float) -> str:
    """As AWS writes times of JSON interfaces."""
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def _begin(call: BedrockCall, name: str) -> str:
    here = (IMPORT, name, call.location)
    pace = float(call.store.settings().get(operations.PACE, 1.0))
    lasts_s, error = 0.0, None
    failing_s = call.faults.seconds("fail", *here)
    if call.faults.strike("fail", *here):
        lasts_s, error = failing_s, _INTERNAL
    elif call.faults.strike("unhealthy", *here):
        error = _UNFIT
    elif not may_read(call, str(call.told["roleArn"]), _source(call.told)):
        error = (
            f"Amazon Bedrock does not have permission to access {_source(call.told)} with the provided role."
        )
    lasts_s += call.faults.seconds("slow", *here) * pace
    arn = f"arn:aws:bedrock:{call.location}:{call.account}:model-import-job/{uuid4().hex[:12]}"
    failed = {"message": error} if error else None
    what = {"request": dict(call.told), "location": call.location}
    call.store.put_operation(arn, asdict(Operation(arn, KIND, what, lasts_s, time.time(), pace, failed)))
    return arn


def _jobs(store: Store, location: str) -> list[Operation]:
    found = (Operation(**value) for value in store.operations().values() if value["kind"] == KIND)
    return sorted((each for each in found if each.what["location"] == location), key=lambda each: each.began)


def _shown(job: Operation) -> dict[str, Any]:
    request = job.what["request"]
    told = stamp(job.began + job.age_s)
    found = {
        "jobArn": job.name,
        "jobName": request["jobName"],
        "importedModelName": request["importedModelName"],
        "roleArn": request["roleArn"],
        "modelDataSource": request["modelDataSource"],
        "creationTime": stamp(job.began),
        "lastModifiedTime": told,
    }
    if not job.done:
        return {**found, "status": "InProgress"}
    if job.error:
        return {**found, "status": "Failed", "failureMessage": job.error["message"], "endTime": told}
    return {**found, "status": "Completed", "endTime": told, **job.response}


def _check_quota(call: BedrockCall) -> None:
    used = sum(each.region == call.location for each in call.store.of(IMPORT))
    for fault in call.faults.of("quota"):
        if fault.type == QUOTA and fault.region in {"", call.location} and used >= fault.limit:
            raise AmazonRefusal(
                "ServiceQuotaExceededException",
                f"You have reached the limit of {fault.limit} imported models per account.",
            )


def _source(request: Mapping[str, Any]) -> str:
    return str(request["modelDataSource"].get("s3DataSource", {}).get("s3Uri", ""))
