"""Differences of nested properties, with secrets and unknowns that stay what they are."""

from __future__ import annotations

from typing import Any

from pulumi.automation.events import StepEventMetadata

from llmdeploy.infra.runner.events import PropertyChange
from llmdeploy.infra.runner.properties import mask, property_changes

_SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "[secret]"}
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def _step(old: dict[str, Any], new: dict[str, Any], diff: dict[str, Any], **more: Any) -> StepEventMetadata:
    return StepEventMetadata.from_json(
        {"op": "update", "old": {"inputs": old}, "new": {"inputs": new}, "detailedDiff": diff, **more}
    )


def test_a_path_leads_into_lists_and_quoted_keys() -> None:
    old = {"ports": [{"number": 1}, {"number": 2}], "tags": {"a.b": "x"}}
    new = {"ports": [{"number": 1}, {"number": 3}], "tags": {"a.b": "y", "new": "z"}}
    step = _step(
        old,
        new,
        {
            "ports[1].number": {"diffKind": "update", "inputDiff": True},
            'tags["a.b"]': {"diffKind": "update-replace", "inputDiff": True},
            "tags.new": {"diffKind": "add", "inputDiff": True},
        },
    )
    assert property_changes(step, drift=False) == (
        PropertyChange("ports[1].number", "update", 2, 3),
        PropertyChange("tags.new", "add", None, "z"),
        PropertyChange('tags["a.b"]', "replace", "x", "y"),
    )


def test_without_a_detailed_diff_the_named_keys_are_used() -> None:
    step = _step({"a": 1, "b": 1}, {"a": 2, "b": _UNKNOWN}, {}, diffs=["a"], keys=["b"])
    assert property_changes(step, drift=False) == (
        PropertyChange("a", "update", 1, 2),
        PropertyChange("b", "replace", 1, "[unknown]"),
    )


def test_nothing_of_a_secret_is_shown_not_even_inside_it() -> None:
    step = _step({"key": _SECRET}, {"key": _SECRET}, {"key.part": {"diffKind": "update", "inputDiff": True}})
    assert property_changes(step, drift=False) == (
        PropertyChange("key.part", "update", "[secret]", "[secret]"),
    )
    assert mask({"list": [_SECRET, {"deep": _SECRET}, _UNKNOWN]}) == {
        "list": ["[secret]", {"deep": "[secret]"}, "[unknown]"]
    }
