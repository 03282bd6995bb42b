"""Labels, as Vertex AI takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

from pydantic import Field

_Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
_Value = Annotated[str, Field(pattern=r"^[a-z0-9_-]{0,63}$")]
Labels: TypeAlias = dict[_Key, _Value]
"""At most 64 characters each: small letters, digits, `_` and `-` (discovery document, `labels`)."""


def kept_labels(state: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, str]:
    """Those of ours as they are now. Google adds its own to a resource, which are no drift."""
    now = found.get("labels", {})
    return {key: now[key] for key in state.get("labels", {}) if key in now}
