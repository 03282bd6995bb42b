"""What counts as drift, and how its properties are told."""

from __future__ import annotations

import pytest

from llmdeploy.infra.review.drift import drift_of
from llmdeploy.infra.runner.events import Counts, PropertyChange, Step
from llmdeploy.infra.runner.result import RunResult

NAME = "aws-us-east-1-fleet"


def step(op, *changes, **more):
    return Step(op, "aws:x/y:Z", NAME, f"urn::{NAME}", changes=changes, **more)


def change(path, before=None, after=None):
    return PropertyChange(path, "update", before, after)


def drift(found, *steps, operation="preview"):
    result = RunResult(operation, "chat", Counts(), 1.0, steps=steps, drift=(found,))
    return drift_of(result, ["aws/us-east-1", "gcp/x"])


@pytest.mark.parametrize(
    ("steps", "op"),
    [
        ([step("update", change("size"))], "update"),
        ([step("update", change("size[0].max"))], "update"),
        ([step("update", change("tags.llmdeploy:spec-digest"))], None),  # updated for another reason
        ([step("update")], "update"),
        ([step("replace", change("zone")), step("delete", replaced=True)], "replace"),
        ([step("delete")], "delete"),
        ([step("read")], None),
        ([], None),
    ],
)
def test_drift_is_what_up_mends(steps, op):
    found = drift(step("refresh", change("size", 1, 2)), *steps)
    told = found.mended if op else found.left
    assert [(each.name, [one.op for one in each.resources]) for each in told] == [
        ("aws/us-east-1", [op or "update"])
    ]
    assert found.resources == (1 if op else 0)


def test_from_a_refresh_alone_everything_counts():
    assert drift(step("refresh", change("size", 1, 2)), operation="refresh").resources == 1
    (region,) = drift(step("refresh", gone=True), operation="refresh").mended
    assert [(each.op, each.gone) for each in region.resources] == [("create", True)]


def test_properties_are_told_one_by_one():
    found = step(
        "refresh",
        change("rules", [{"port": 80, "to": "a"}, {"port": 443}], [{"port": 81, "to": "a"}, {"port": 443}]),
        change("zones", ["a"], ["a", "b"]),
        change("tags", {"Name": "x", "old": "1"}, {"Name": "y", "owner": "me"}),
        change("tagsAll", {"Name": "x"}, {"Name": "y"}),
    )
    (region,) = drift(found, operation="refresh").mended
    assert region.resources[0].changes == (
        PropertyChange("rules[0].port", "update", 80, 81),
        PropertyChange("zones", "update", ["a"], ["a", "b"]),
        PropertyChange("tags.Name", "update", "x", "y"),
        PropertyChange("tags.old", "delete", "1", None),
        PropertyChange("tags.owner", "add", None, "me"),
    )


def test_an_echo_that_is_all_there_is_is_told():
    (region,) = drift(step("refresh", change("tagsAll", {}, {"a": "1"})), operation="refresh").mended
    assert [each.path for each in region.resources[0].changes] == ["tagsAll.a"]
