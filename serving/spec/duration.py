"""Durations: `10m` in a spec, seconds everywhere else."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from llmdeploy.serving.spec.values import bad_value, shown

UNITS_MS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
"""Milliseconds in each unit, the largest first."""
PATTERN = r"^(?=\d)(\d{1,6}d)?(\d{1,6}h)?(\d{1,6}m)?(\d{1,6}s)?(\d{1,6}ms)?$"
"""Whole numbers with their units, the largest unit first."""
_MEND = "write a number and a unit, like 500ms, 2s, 10m or 1h30m"


def parse_duration(given: Any) -> float:
    """The seconds that a text such as `10m` or `1h30m` means.

    Raises:
        PydanticCustomError: not a text, no unit, or zero.
    """
    if not isinstance(given, str):
        raise bad_value(f"{shown(given)} is not a duration", _MEND)
    match = re.fullmatch(PATTERN, given)
    if match is None:
        raise bad_value(f"{shown(given)} is not a duration", _MEND)
    parts = zip(UNITS_MS.items(), match.groups(), strict=True)
    milliseconds = sum(size * int(part.removesuffix(unit)) for (unit, size), part in parts if part)
    if milliseconds == 0:
        raise bad_value(f"{shown(given)} is no time at all", _MEND)
    return milliseconds / 1000


def format_duration(seconds: float) -> str:
    """The text that `parse_duration` reads back as `seconds`, to the millisecond."""
    rest = round(seconds * 1000)
    text = ""
    for unit, size in UNITS_MS.items():
        amount, rest = divmod(rest, size)
        text += f"{amount}{unit}" if amount else ""
    return text


Seconds = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(format_duration, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": PATTERN}),
]
"""Seconds, written in a spec as `500ms`, `2s`, `10m`, `1h30m`."""
