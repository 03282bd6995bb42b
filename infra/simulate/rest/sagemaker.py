"""The simulated SageMaker: its control interface, as far as it is about inference components. Models,
configurations and endpoints are the simulated provider's.

Checked as AWS does: the signature with its service and region, members against botocore's model.
`sagemaker_records.py` says how it is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final
from uuid import uuid4

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.fleet.components import COMPONENT
from llmdeploy.infra.simulate.identity.place import Place
from llmdeploy.infra.simulate.rest import operations, sagemaker_components, sagemaker_tags
from llmdeploy.infra.simulate.rest.amazon import AmazonRefusal, check_credentials, check_pace
from llmdeploy.infra.simulate.rest.request import RestAnswer, RestRequest
from llmdeploy.infra.simulate.rest.sagemaker_call import INVALID, SageMakerCall
from llmdeploy.infra.simulate.rest.sagemaker_changes import KIND, carried
from llmdeploy.infra.simulate.rest.sagemaker_records import SERVICE
from llmdeploy.infra.simulate.rest.service_model import operation, problems

OPERATIONS: Final[dict[str, Callable[[SageMakerCall], dict[str, Any]]]] = {
    "CreateInferenceComponent": sagemaker_components.create,
    "DescribeInferenceComponent": sagemaker_components.describe,
    "ListInferenceComponents": sagemaker_components.list_components,
    "UpdateInferenceComponent": sagemaker_components.update,
    "UpdateInferenceComponentRuntimeConfig": sagemaker_components.scale,
    "DeleteInferenceComponent": sagemaker_components.delete,
    "AddTags": sagemaker_tags.add,
    "DeleteTags": sagemaker_tags.delete,
    "ListTags": sagemaker_tags.list_tags,
}
_LOOKING: Final = ("Describe", "List")
_TARGET: Final = "SageMaker."
"""What the header that names an operation begins with (`targetPrefix` in botocore's model)."""


def answer(request: RestRequest, host: re.Match[str], token: str) -> RestAnswer:
    """The answer to one request."""
    faults, location = Faults(request.store), host["location"]
    try:
        check_credentials(request, token, SERVICE, faults, location)
        operations.carry_out(request.store, {KIND}, lambda each: carried(request.store, each))
        return _routed(request, faults, location)
    except AmazonRefusal as refusal:
        # Services of the JSON protocol say the kind in the body (botocore.parsers, JSONParser).
        content = {"__type": refusal.code, "message": refusal.message}
        return RestAnswer(content, refusal.status, {"x-amzn-requestid": str(uuid4())})


def _routed(request: RestRequest, faults: Faults, location: str) -> RestAnswer:
    name = request.headers.get("x-amz-target", "").removeprefix(_TARGET)
    if name not in OPERATIONS or request.method != "POST":
        raise AmazonRefusal("UnknownOperationException", f"{name or request.path} is not simulated.", 404)
    told = request.body or {}
    if wrong := problems(operation(SERVICE, name).shape, told):
        many = f"{len(wrong)} validation error{'s' if len(wrong) > 1 else ''} detected: "
        raise AmazonRefusal(INVALID, many + "; ".join(wrong))
    if not name.startswith(_LOOKING):
        check_pace(faults, COMPONENT, str(told.get("InferenceComponentName", "")), location)
    account = Place.of(request.store.settings(), {}).account
    with request.store.change():
        return RestAnswer(OPERATIONS[name](SageMakerCall(request.store, told, location, account, faults)))
