"""Imported models of the simulated Bedrock, and their tags."""

from __future__ import annotations

from typing import Any

from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.bedrock_call import BedrockCall, page
from llmdeploy.infra.simulate.rest.bedrock_records import IMPORT, SERVICE, change
from llmdeploy.infra.simulate.rest.service_model import members


def get(call: BedrockCall) -> dict[str, Any]:
    """GetImportedModel"""
    return _shown(call.model(call.told["modelIdentifier"]), "GetImportedModelResponse")


def list_models(call: BedrockCall) -> dict[str, Any]:
    """ListImportedModels"""
    found = [
        _shown(each, "ImportedModelSummary") for each in call.store.of(IMPORT) if each.region == call.location
    ]
    return page(found, "modelSummaries", "modelName", call)


def delete(call: BedrockCall) -> dict[str, Any]:
    """DeleteImportedModel"""
    call.store.remove(call.model(call.told["modelIdentifier"]).number)
    return {}


def tag(call: BedrockCall) -> dict[str, Any]:
    """TagResource"""
    record = call.model(call.told["resourceARN"])
    new = {each["key"]: each["value"] for each in call.told["tags"]}
    change(call.store, record, tags={**record.outputs["tags"], **new})
    return {}


def untag(call: BedrockCall) -> dict[str, Any]:
    """UntagResource"""
    record = call.model(call.told["resourceARN"])
    ended = set(call.told["tagKeys"])
    change(
        call.store,
        record,
        tags={key: value for key, value in record.outputs["tags"].items() if key not in ended},
    )
    return {}


def list_tags(call: BedrockCall) -> dict[str, Any]:
    """ListTagsForResource"""
    tags = call.model(call.told["resourceARN"]).outputs["tags"]
    return {"tags": [{"key": key, "value": value} for key, value in sorted(tags.items())]}


def _shown(record: Record, shape: str) -> dict[str, Any]:
    known = members(SERVICE, shape)
    return {key: value for key, value in record.outputs.items() if key in known}
