"""Inference components of the simulated SageMaker.

Error texts: pulumi/pulumi-aws#4940, stdapi-ai/stdapi.ai#43, huggingface/skills#215, and the API reference of
SageMaker; written down 2026-11-30.
"""

from __future__ import annotations

import time
from typing import Any, Final

from llmdeploy.infra.simulate.fleet.components import (
    component_named,
    components_on,
    desired_copies,
    gpus_of,
    hosting,
)
from llmdeploy.infra.simulate.fleet.endpoints import failure_of, variants_of
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.amazon import AmazonRefusal
from llmdeploy.infra.simulate.rest.sagemaker_call import INVALID, SageMakerCall
from llmdeploy.infra.simulate.rest.sagemaker_changes import IN_SERVICE, NOT_ENOUGH, begin
from llmdeploy.infra.simulate.rest.sagemaker_records import SERVICE, SHOWN, add
from llmdeploy.infra.simulate.rest.sagemaker_tags import tags_in
from llmdeploy.infra.simulate.rest.service_model import members

_STATES: Final = {
    "Creating": "CREATE_IN_PROGRESS",
    "Updating": "UPDATE_IN_PROGRESS",
    "Deleting": "DELETE_IN_PROGRESS",
}
_NOT_HERE: Final = (
    "Inference Components are not supported in this Endpoint. Please make sure this endpoint can deploy "
    "inference components."
)


def create(call: SageMakerCall) -> dict[str, Any]:
    """CreateInferenceComponent"""
    told = call.told
    name, endpoint = str(told["InferenceComponentName"]), call.endpoint(told["EndpointName"])
    arn = call.arn("inference-component", name)
    if component_named(call.store, name, call.location):
        raise AmazonRefusal(INVALID, f'Cannot create already existing inference component "{arn}".')
    if failure_of(call.store, endpoint):
        raise AmazonRefusal(INVALID, f"Endpoint {endpoint.outputs['arn']} is not in service.")
    variant = _variant(call, endpoint)
    wanted = _specification(call)
    copies = (told.get("RuntimeConfig") or {}).get("CopyCount", 1)
    if copies < 1:
        raise AmazonRefusal(INVALID, "Inference components copy count an integer larger than 0")
    _check_room(variant, wanted, copies)
    now = time.time()
    outputs = {
        "InferenceComponentName": name,
        "InferenceComponentArn": arn,
        "EndpointName": endpoint.outputs["name"],
        "EndpointArn": endpoint.outputs["arn"],
        "VariantName": variant["variantName"],
        "Specification": wanted,
        "RuntimeConfig": {"DesiredCopyCount": copies, "CurrentCopyCount": 0},
        "CreationTime": now,
        "LastModifiedTime": now,
        "tags": tags_in(told.get("Tags")),
    }
    begin(call, add(call.store, told, outputs, endpoint), "Creating", {"Specification": wanted})
    return {"InferenceComponentArn": arn}


def describe(call: SageMakerCall) -> dict[str, Any]:
    """DescribeInferenceComponent"""
    return _shown(call, call.component(call.told["InferenceComponentName"]))


def list_components(call: SageMakerCall) -> dict[str, Any]:
    """ListInferenceComponents"""
    known = members(SERVICE, "InferenceComponentSummary")
    found = components_on(call.store, str(call.told.get("EndpointNameEquals", "")), call.location)
    return {
        "InferenceComponents": [
            {key: value for key, value in _shown(call, each).items() if key in known} for each in found
        ]
    }


def update(call: SageMakerCall) -> dict[str, Any]:
    """UpdateInferenceComponent"""
    record = _idle(call, "update")
    changes: dict[str, Any] = {}
    if "Specification" in call.told:
        wanted = _specification(call)
        variant = _variant(call, call.endpoint(record.outputs["EndpointName"]))
        _check_room(variant, wanted, desired_copies(call.store, record))
        changes["Specification"] = wanted
    if copies := call.told.get("RuntimeConfig"):
        changes["RuntimeConfig"] = {
            **record.outputs["RuntimeConfig"],
            "DesiredCopyCount": copies["CopyCount"],
        }
    begin(call, record, "Updating", changes)
    return {"InferenceComponentArn": record.id}


def scale(call: SageMakerCall) -> dict[str, Any]:
    """UpdateInferenceComponentRuntimeConfig: as Application Auto Scaling does, also to none."""
    record = _idle(call, "update")
    wanted = _with_copies(record, call.told["DesiredRuntimeConfig"]["CopyCount"])
    begin(call, record, "Updating", {"RuntimeConfig": wanted})
    return {"InferenceComponentArn": record.id}


def delete(call: SageMakerCall) -> dict[str, Any]:
    """DeleteInferenceComponent"""
    begin(call, _idle(call, "delete"), "Deleting", {})
    return {}


def _idle(call: SageMakerCall, doing: str) -> Record:
    """The component that the call is about. Raises AmazonRefusal: something else is being done to it."""
    record = call.component(call.told["InferenceComponentName"])
    state = _STATES.get(str(record.outputs["InferenceComponentStatus"]))
    if state is not None:
        raise AmazonRefusal(
            INVALID, f'Cannot {doing} inference component "{record.id}" while it is in state {state}.'
        )
    return record


def _with_copies(record: Record, copies: int) -> dict[str, Any]:
    return {**record.outputs["RuntimeConfig"], "DesiredCopyCount": copies}


def _variant(call: SageMakerCall, endpoint: Record) -> dict[str, Any]:
    """The variant that hosts the component. Raises AmazonRefusal: there is none, or it has its own model."""
    variants = variants_of(call.store, endpoint)
    found = hosting(variants)
    if found is None:
        raise AmazonRefusal(INVALID, _NOT_HERE)
    name = call.told.get("VariantName", found.get("variantName"))
    if name not in {each.get("variantName") for each in variants}:
        raise AmazonRefusal(
            INVALID, f'Could not find variant "{name}" of endpoint "{endpoint.outputs["arn"]}".'
        )
    return next(each for each in variants if each.get("variantName") == name)


def _specification(call: SageMakerCall) -> dict[str, Any]:
    """What a copy is to be. Raises AmazonRefusal: it is not said, or its model is not there."""
    wanted: dict[str, Any] = call.told.get("Specification") or {}
    if "Specifications" in call.told or not wanted:
        raise AmazonRefusal(INVALID, "Exactly one of Specification and Specifications must be given.")
    if not wanted.get("ComputeResourceRequirements"):
        raise AmazonRefusal(INVALID, "ComputeResourceRequirements is needed for an inference component.")
    if ("ModelName" in wanted) == ("Container" in wanted):
        raise AmazonRefusal(INVALID, "Exactly one of ModelName and Container must be given.")
    if "ModelName" in wanted:
        call.check_model(wanted["ModelName"])
    return wanted


def _check_room(variant: dict[str, Any], wanted: dict[str, Any], copies: int) -> None:
    """Raises AmazonRefusal: an instance has no room for a copy, or all that there may be have not for all."""
    gpus = gpus_of(str(variant.get("instanceType", "")))
    each = wanted["ComputeResourceRequirements"].get("NumberOfAcceleratorDevicesRequired") or 0
    most = (variant.get("managedInstanceScaling") or {}).get(
        "maxInstanceCount", variant.get("initialInstanceCount", 1)
    )
    if each > gpus or (each and copies > int(most) * (gpus // int(each))):
        raise AmazonRefusal(INVALID, NOT_ENOUGH)


def _shown(call: SageMakerCall, record: Record) -> dict[str, Any]:
    known, desired = members(SERVICE, SHOWN), desired_copies(call.store, record)
    serving = record.outputs["InferenceComponentStatus"] in (IN_SERVICE, "Updating")
    copies = {"DesiredCopyCount": desired, "CurrentCopyCount": desired if serving else 0}
    told = {**record.outputs, "RuntimeConfig": copies}
    return {key: value for key, value in told.items() if key in known}
