"""Property values as they may be shown: secrets masked, unknowns named, differences found."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from llmdeploy.infra.runner.events import SECRET, UNKNOWN, ChangeKind, PropertyChange

if TYPE_CHECKING:
    from pulumi.automation.events import StepEventMetadata, StepEventStateMetadata

_SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
_SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
_UNKNOWN_VALUES = {
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
}
"""Sentinels of Pulumi's wire format: sdk/go/common/resource/plugin/rpc.go and resource/sig at v3.259.0."""

_PATH_PART = re.compile(r"\[\"(?P<quoted>(?:[^\"\\]|\\.)*)\"\]|\[(?P<index>\d+)\]|\.?(?P<plain>[^.\[\]]+)")


def mask(value: Any) -> Any:
    """The value with `[secret]` and `[unknown]` in place of what cannot be shown."""
    if isinstance(value, Mapping):
        if value.get(_SIGNATURE_KEY) == _SECRET_SIGNATURE:
            return SECRET
        return {key: mask(item) for key, item in value.items()}
    if isinstance(value, list):
        return [mask(item) for item in value]
    if isinstance(value, str) and value in _UNKNOWN_VALUES:
        return UNKNOWN
    return value


def property_changes(metadata: StepEventMetadata, drift: bool) -> tuple[PropertyChange, ...]:
    """What differs, property by property: the provider's own diff, else the top-level keys that it named.

    Args:
        drift: compare what was recorded with what was found, not with what is wanted.
    """
    if drift:
        return _drifted(metadata)
    if metadata.detailed_diff:
        return tuple(
            PropertyChange(
                path, _kind(diff.diff_kind.value), *_before_and_after(metadata, path, diff.input_diff)
            )
            for path, diff in sorted(metadata.detailed_diff.items())
        )
    replacing = set(metadata.keys or ())
    return tuple(
        PropertyChange(
            key, "replace" if key in replacing else "update", *_before_and_after(metadata, key, True)
        )
        for key in sorted({*(metadata.diffs or ()), *replacing})
    )


def _drifted(metadata: StepEventMetadata) -> tuple[PropertyChange, ...]:
    if metadata.old is None or metadata.new is None:
        return ()
    before, after = mask(metadata.old.outputs or {}), mask(metadata.new.outputs or {})
    return tuple(
        PropertyChange(
            key,
            "add" if key not in before else "delete" if key not in after else "update",
            before.get(key),
            after.get(key),
        )
        for key in sorted({*before, *after})
        if before.get(key) != after.get(key)
    )


def _kind(diff_kind: str) -> ChangeKind:
    if diff_kind.endswith("-replace"):
        return "replace"
    return "add" if diff_kind == "add" else "delete" if diff_kind == "delete" else "update"


def _before_and_after(metadata: StepEventMetadata, path: str, input_diff: bool) -> tuple[Any, Any]:
    """Old and new value. Where the inputs are the same, the difference is to the recorded state."""
    after = _at(metadata.new, path, "inputs")
    between_inputs = _at(metadata.old, path, "inputs")
    if input_diff and between_inputs != after:
        return between_inputs, after
    recorded = _at(metadata.old, path, "outputs")
    return between_inputs if recorded is None else recorded, after


def _at(state: StepEventStateMetadata | None, path: str, place: Literal["inputs", "outputs"]) -> Any:
    return None if state is None else _walk(mask(getattr(state, place) or {}), path)


def _walk(value: Any, path: str) -> Any:
    for part in _PATH_PART.finditer(path):
        if value == SECRET:
            return SECRET
        if part["index"] is not None and isinstance(value, list):
            index = int(part["index"])
            value = value[index] if index < len(value) else None
        elif isinstance(value, Mapping):
            value = value.get(part["quoted"] if part["quoted"] is not None else part["plain"])
        else:
            return None
    return value
