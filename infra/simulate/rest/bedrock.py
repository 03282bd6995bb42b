"""The simulated Bedrock: its control interface, as far as it is about imported models.

Checked as AWS does: the signature with its service and region, members against botocore's model, the import
role, names. `bedrock_records.py` says how it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.rest import bedrock_jobs, bedrock_models, operations
from llmdeploy.infra.simulate.rest.amazon import AmazonRefusal, check_credentials, check_pace
from llmdeploy.infra.simulate.rest.bedrock_call import BedrockCall
from llmdeploy.infra.simulate.rest.bedrock_records import IMPORT, SERVICE
from llmdeploy.infra.simulate.rest.request import RestAnswer, RestRequest
from llmdeploy.infra.simulate.rest.service_model import operation, problems
from llmdeploy.serving.catalog.managed import managed_service

OPERATIONS: Final[dict[str, Callable[[BedrockCall], dict[str, Any]]]] = {
    "CreateModelImportJob": bedrock_jobs.create,
    "GetModelImportJob": bedrock_jobs.get,
    "ListModelImportJobs": bedrock_jobs.list_jobs,
    "GetImportedModel": bedrock_models.get,
    "ListImportedModels": bedrock_models.list_models,
    "DeleteImportedModel": bedrock_models.delete,
    "TagResource": bedrock_models.tag,
    "UntagResource": bedrock_models.untag,
    "ListTagsForResource": bedrock_models.list_tags,
}
_NOT_HERE: Final = "Custom model import is not supported in this region."


def answer(request: RestRequest, host: re.Match[str], token: str) -> RestAnswer:
    """The answer to one request."""
    faults, location = Faults(request.store), host["location"]
    try:
        check_credentials(request, token, SERVICE, faults, location)
        if not managed_service("bedrock").is_in(f"aws/{location}"):
            raise AmazonRefusal("ValidationException", _NOT_HERE)
        operations.carry_out(
            request.store, {bedrock_jobs.KIND}, lambda job: bedrock_jobs.carried(request.store, job)
        )
        return _routed(request, faults, location)
    except AmazonRefusal as refusal:
        return refusal.answer


def _routed(request: RestRequest, faults: Faults, location: str) -> RestAnswer:
    for name, answered in OPERATIONS.items():
        known = operation(SERVICE, name)
        found = known.path.fullmatch(request.path)
        if found is None or known.method != request.method:
            continue
        told = {**_of_query(known.shape, request.query), **(request.body or {}), **found.groupdict()}
        if wrong := problems(known.shape, told):
            many = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected: "
            raise AmazonRefusal("ValidationException", many + "; ".join(wrong))
        if request.method != "GET":
            check_pace(faults, IMPORT, str(told.get("importedModelName", "")), location)
        account = Place.of(request.store.settings(), {}).account
        with request.store.change():
            content = answered(BedrockCall(request.store, told, location, account, faults))
        return RestAnswer(content, 201 if name == "CreateModelImportJob" else 200)
    raise AmazonRefusal(
        "UnknownOperationException", f"{request.method} {request.path} is not simulated.", 404
    )


def _of_query(shape: Any, query: Mapping[str, str]) -> dict[str, Any]:
    """Numbers are written as text there."""
    return {
        name: int(value) if name in shape.members and shape.members[name].type_name == "integer" else value
        for name, value in query.items()
    }
