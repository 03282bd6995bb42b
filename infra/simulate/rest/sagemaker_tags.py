"""Tags of the simulated SageMaker's inference components."""

from __future__ import annotations

from typing import Any

from llmdeploy.infra.simulate.rest.sagemaker_call import SageMakerCall
from llmdeploy.infra.simulate.rest.sagemaker_records import change


def add(call: SageMakerCall) -> dict[str, Any]:
    """AddTags"""
    record = call.component(call.told["ResourceArn"])
    changed = change(call.store, record, tags={**record.outputs["tags"], **tags_in(call.told["Tags"])})
    return {"Tags": _listed(changed.outputs["tags"])}


def delete(call: SageMakerCall) -> dict[str, Any]:
    """DeleteTags"""
    record, ended = call.component(call.told["ResourceArn"]), set(call.told["TagKeys"])
    left = {key: value for key, value in record.outputs["tags"].items() if key not in ended}
    change(call.store, record, tags=left)
    return {}


def list_tags(call: SageMakerCall) -> dict[str, Any]:
    """ListTags"""
    return {"Tags": _listed(call.component(call.told["ResourceArn"]).outputs["tags"])}


def tags_in(told: Any) -> dict[str, str]:
    """A request's tags by their keys."""
    return {each["Key"]: each["Value"] for each in told or ()}


def _listed(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
