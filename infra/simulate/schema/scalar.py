"""Is a value of the kind its property takes. Pulumi's providers read "80" as 80 and "true" as true."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.schema.property_type import Kind

_BOOLEANS: Final = frozenset({"true", "false", "1", "0"})


def wrong_kind(kind: Kind, value: Any) -> str | None:
    """What a scalar must be, in words, when it is not."""
    match kind:
        case "string":
            return None if isinstance(value, str | int | float) else "must be a string"
        case "boolean":
            if isinstance(value, bool) or (isinstance(value, str) and value.lower() in _BOOLEANS):
                return None
            return "must be true or false"
        case "integer":
            return None if _whole(value) else "must be a whole number"
        case "number":
            return None if _number(value) else "must be a number"
        case "asset":
            return None if isinstance(value, Mapping | str) else "must be an asset or an archive"
    return None


def _whole(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        return value.lstrip("+-").isdecimal()
    return isinstance(value, int) or (isinstance(value, float) and value.is_integer())


def _number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, str):
        try:
            float(value)
        except ValueError:
            return False
        return True
    return isinstance(value, int | float)
