"""Changes that the engine does not know of."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any, Final

from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.sdk import shape

_STEP: Final = re.compile(r"([A-Za-z_][\w:./-]*)|\[(\d+)\]")


def drifted(record: Record, changes: dict[str, Any]) -> Record:
    """The record with properties changed: both what the cloud answers and what a refresh takes as inputs.

    Raises:
        SimulationError: the resource has no such property.
    """
    inputs, outputs = copy.deepcopy(record.inputs), copy.deepcopy(record.outputs)
    for path, value in changes.items():
        steps = _steps(path)
        known = shape(record.token)
        if steps[0] not in known.outputs:
            raise SimulationError(
                f"{record.type} has no property {steps[0]}", f"it has {', '.join(sorted(known.outputs))}"
            )
        if steps[0] in known.inputs:
            _set(inputs, steps, value, path)
        _set(outputs, steps, value, path)
    return replace(record, inputs=inputs, outputs=outputs)


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = [
        int(number) if number else name for name, number in _STEP.findall(path.replace(".", " "))
    ]
    if not steps or isinstance(steps[0], int):
        raise SimulationError(
            f"{path!r} is no property", "write it as healthCheck.interval or defaultActions[0].type"
        )
    return steps


def _set(values: Any, steps: list[str | int], value: Any, path: str) -> None:
    *before, last = steps
    for step in before:
        try:
            values = values.setdefault(step, {}) if isinstance(values, dict) else values[step]
        except (IndexError, TypeError, KeyError):
            raise SimulationError(
                f"{path} leads nowhere", "see it with `llmdeploy simulate show --json`"
            ) from None
    if value is None and isinstance(values, dict):
        values.pop(last, None)
    elif isinstance(values, list) and isinstance(last, int) and last == len(values):
        values.append(value)
    else:
        try:
            values[last] = value
        except (IndexError, TypeError):
            raise SimulationError(
                f"{path} leads nowhere", "see it with `llmdeploy simulate show --json`"
            ) from None
