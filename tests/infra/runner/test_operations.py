"""The life of a stack, with the real engine."""

from __future__ import annotations

import pytest
from tests.infra.runner.world import STACK, World

from llmdeploy.infra.errors import StackMissing
from llmdeploy.infra.runner.events import Counts, PropertyChange, StepDone, StepPlanned, Summary

pytestmark = pytest.mark.engine


def test_a_stack_is_made_changed_and_removed(world: World) -> None:
    made = world.runner.up(STACK, world.program({"a": {}, "b": {}}), world.events.append)
    assert made.counts == Counts(create=2)
    assert world.made() == {"a": "1", "b": "1"}
    assert made.outputs == {"a": "a", "b": "b", "hidden": "[secret]"}

    again = world.runner.up(STACK, world.program({"a": {}, "b": {}}))
    assert (again.counts, again.steps) == (Counts(same=2), ())

    changed = world.runner.up(STACK, world.program({"a": {"value": "2"}, "b": {"fixed": "2"}, "c": {}}))
    assert changed.counts == Counts(create=1, update=1, replace=1)

    smaller = world.runner.up(STACK, world.program({"c": {}}))
    assert smaller.counts == Counts(delete=2, same=1)

    assert world.runner.destroy(STACK).counts == Counts(delete=1)
    assert world.made() == {}
    assert world.runner.stacks() == ()
    assert world.processes() == []


def test_the_preview_is_what_up_then_does(world: World) -> None:
    world.runner.up(STACK, world.program({"a": {}, "b": {}, "gone": {}}))
    wanted = world.program({"a": {"value": "2"}, "b": {"fixed": "2"}, "c": {}})
    planned = world.runner.preview(STACK, wanted, world.events.append)
    done = world.runner.up(STACK, wanted)

    def what(result):  # type: ignore[no-untyped-def]
        return sorted((step.op, step.name, step.changes, step.replaced) for step in result.steps)

    assert what(planned) == what(done)
    assert planned.counts == done.counts == Counts(create=1, update=1, replace=1, delete=1)
    assert {event.step.op for event in world.seen(StepPlanned)} == {"create", "update", "replace", "delete"}
    assert world.seen(StepDone) == []


def test_a_change_names_the_property_and_its_values(world: World) -> None:
    world.runner.up(STACK, world.program({"a": {}, "b": {}}))
    changed = world.runner.up(
        STACK, world.program({"a": {"value": "2"}, "b": {"fixed": "9", "secret": "new"}})
    )
    changes = {step.name: step.changes for step in changed.steps if not step.replaced}
    assert changes["a"] == (PropertyChange("value", "update", "1", "2"),)
    assert changes["b"] == (
        PropertyChange("fixed", "replace", "1", "9"),
        PropertyChange("secret", "update", "[secret]", "[secret]"),
    )


def test_a_preview_of_a_new_stack_leaves_nothing_behind(world: World) -> None:
    planned = world.runner.preview(STACK, world.program({"a": {}}))
    assert planned.counts == Counts(create=1)
    assert planned.outputs["a"] == "[unknown]"
    assert world.runner.stacks() == ()
    assert world.made() == {}


def test_drift_is_found_by_refresh_and_mended_by_up(world: World) -> None:
    wanted = world.program({"a": {}, "b": {}, "c": {}})
    world.runner.up(STACK, wanted)
    (world.folder / "things" / "a").unlink()
    (world.folder / "things" / "b").write_text("edited")

    looked = world.runner.refresh(STACK, preview_only=True)
    edited = PropertyChange("value", "update", "1", "edited")
    assert {step.name: (step.gone, step.changes) for step in looked.drift} == {
        "a": (True, ()),
        "b": (False, (edited,)),
    }

    mended = world.runner.up(STACK, wanted, refresh=True)
    assert mended.counts == Counts(create=1, update=1, same=1)
    assert {step.name for step in mended.drift} == {"a", "b"}
    assert world.made() == {"a": "1", "b": "1", "c": "1"}
    assert world.runner.refresh(STACK).drift == ()


def test_questions_about_a_stack(world: World) -> None:
    world.runner.up(STACK, world.program({"a": {}}), message="first")
    assert world.runner.outputs(STACK) == {"a": "a", "hidden": "[secret]"}
    assert world.runner.outputs(STACK, show_secrets=True)["hidden"] == "a secret output"
    assert world.runner.stacks() == (STACK,)
    (entry,) = world.runner.history(STACK)
    assert (entry.operation, entry.result, entry.message, entry.counts.create) == (
        "up",
        "succeeded",
        "first",
        2,
    )
    assert len(world.runner.export(STACK)["deployment"]["resources"]) == 3


def test_what_is_not_there_is_said_to_be_missing(world: World) -> None:
    for ask in (world.runner.outputs, world.runner.history, world.runner.destroy, world.runner.refresh):
        with pytest.raises(StackMissing, match=f"stack {STACK} does not exist"):
            ask(STACK)


def test_every_run_ends_with_its_summary(world: World) -> None:
    world.runner.up(STACK, world.program({"a": {}, "b": {}}), world.events.append)
    (summary,) = world.seen(Summary)
    assert world.events[-1] is summary
    assert (summary.operation, summary.counts, summary.failed) == ("up", Counts(create=2), 0)


def test_a_sink_that_fails_does_not_stop_the_run_and_is_heard_in_the_end(world: World) -> None:
    def broken(event: object) -> None:
        raise BrokenPipeError("the reader has gone")

    with pytest.raises(BrokenPipeError, match="the reader has gone"):
        world.runner.up(STACK, world.program({"a": {}}), broken)
    assert world.made() == {"a": "1"}
