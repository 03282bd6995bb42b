"""Pulumi's property values to plain Python values and back, keeping secrets marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.provider.experimental.property_value import Computed, PropertyValue

from llmdeploy.infra.provider.resource import UNKNOWN

Properties = Mapping[str, PropertyValue]


def plain(value: PropertyValue) -> Any:
    """The value without its marks; whole numbers as int."""
    match value.value:
        case Computed():
            return UNKNOWN
        case bool() | str() | None:
            return value.value
        case float() as number:
            return int(number) if number.is_integer() else number
        case Mapping() as mapping:
            return {key: plain(item) for key, item in mapping.items()}
        case Sequence() as items:
            return [plain(item) for item in items]
    raise TypeError(f"a local resource takes no {type(value.value).__name__}")


def plain_map(values: Properties) -> dict[str, Any]:
    """Every property, without the engine's own (`__defaults` and the like)."""
    return {key: plain(value) for key, value in values.items() if not key.startswith("__")}


def marked(value: Any, secret: bool = False) -> PropertyValue:
    """A plain value as Pulumi takes it."""
    match value:
        case bool() | str() | None:
            return PropertyValue(value, secret)
        case int() | float():
            return PropertyValue(float(value), secret)
        case Mapping():
            return PropertyValue({key: marked(item) for key, item in value.items()}, secret)
        case Sequence():
            return PropertyValue([marked(item) for item in value], secret)
    raise TypeError(f"a local resource gives no {type(value).__name__}")


def state_of(
    inputs: Properties, outputs: Mapping[str, Any], secret_outputs: frozenset[str]
) -> dict[str, PropertyValue]:
    """The state that Pulumi keeps: the inputs as they came, secrets still marked, and the outputs."""
    return {**inputs, **{key: marked(value, key in secret_outputs) for key, value in outputs.items()}}
