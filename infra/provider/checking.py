"""Checking inputs against their model: all failures at once, defaults filled in, unknown values let
through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from llmdeploy.infra.provider.resource import UNKNOWN
from llmdeploy.serving.frozen import Frozen

Failure = tuple[str, str]
"""The path of a property, and what is wrong with it."""


def failures(model: type[Frozen], inputs: Mapping[str, Any]) -> list[Failure]:
    """What is wrong with the inputs. A value that is not known yet is checked when it is."""
    try:
        model.model_validate(inputs)
    except ValidationError as error:
        return [
            (_path(problem["loc"]), _reason(problem, model))
            for problem in error.errors(include_url=False)
            if problem["input"] != UNKNOWN
        ]
    return []


def defaults(model: type[Frozen], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The properties that the inputs leave out and the model has a default for."""
    return {
        name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in model.model_fields.items()
        if name not in inputs and not field.is_required()
    }


def _path(place: Sequence[int | str]) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place if part != "[key]")
    return path.removeprefix(".")


def _reason(problem: Any, model: type[Frozen]) -> str:
    match problem["type"]:
        case "extra_forbidden" if len(problem["loc"]) == 1:
            return f"is not known; known are {', '.join(model.model_fields)}"
        case "extra_forbidden":
            return "is not known"
        case "missing":
            return "is missing"
        case "value_error":
            return str(problem["ctx"]["error"])
    return str(problem["msg"])
