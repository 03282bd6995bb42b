"""An `up` that is held to the engine's update plan: the real engine, the probe provider."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.infra.runner.world import STACK, World

from llmdeploy.infra.errors import NotReviewed, PassphraseUnusable
from llmdeploy.infra.home import Home
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.runner.update_plan import UpdatePlan

pytestmark = pytest.mark.engine

SECRET = "sk-never-in-a-plan"


def plan_of(world: World, things: dict[str, dict[str, str]]) -> UpdatePlan:
    kept = world.runner.preview(STACK, world.program(things), keep_plan=True).update_plan
    assert kept is not None
    return kept


def test_what_was_planned_is_done(world: World) -> None:
    for value in ("1", "2"):  # a new stack, then one that is there
        things = {"a": {"value": value}}
        done = world.runner.up(STACK, world.program(things), update_plan=plan_of(world, things))
        assert done.counts.changed == 1
    assert world.runner.up(STACK, world.program(things)).counts.same == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "instead",
    [
        {"a": {"value": "3", "secret": SECRET}},
        {"a": {"value": "2", "secret": "another"}},
        {"a": {"value": "2", "secret": SECRET, "fixed": "2"}},
        {"b": {}, "a": {"value": "2", "secret": SECRET, "after": "b"}},
        {},
    ],
    ids=["another value", "another secret", "a replacement", "a resource more", "a deletion"],
)
def test_nothing_else_is_done(world: World, instead: dict[str, dict[str, str]]) -> None:
    world.runner.up(STACK, world.program({"a": {"secret": "first"}}))
    before = world.made()
    plan = plan_of(world, {"a": {"value": "2", "secret": SECRET}})
    with pytest.raises(NotReviewed, match=r"a|b") as raised:
        world.runner.up(STACK, world.program(instead), update_plan=plan)
    assert world.made() == before
    assert SECRET not in str(raised.value)


def test_a_plan_holds_on_another_machine_with_the_same_passphrase(world: World, tmp_path: Path) -> None:
    things = {"a": {"secret": SECRET}}
    plan = plan_of(world, things)
    assert SECRET not in json.dumps(plan.document)
    elsewhere = Home(tmp_path / "elsewhere", world.home.cache)
    elsewhere.passphrase_file.write_text(world.home.passphrase_file.read_text())
    elsewhere.passphrase_file.chmod(0o600)
    runner = Runner(elsewhere, world.engine, world.backend, environ=world.environ)
    assert runner.up(STACK, world.program(things), update_plan=plan).counts.create == 1


def test_a_plan_of_another_passphrase_is_told_as_such(world: World, tmp_path: Path) -> None:
    things = {"a": {"secret": SECRET}}
    plan = plan_of(world, things)
    elsewhere = Home(tmp_path / "elsewhere", world.home.cache)
    elsewhere.passphrase_file.write_text("another one")
    elsewhere.passphrase_file.chmod(0o600)
    runner = Runner(elsewhere, world.engine, world.backend, environ=world.environ)
    with pytest.raises(PassphraseUnusable):
        runner.up(STACK, world.program(things), update_plan=plan)
    assert world.made() == {}


def test_a_preview_keeps_no_plan_unasked(world: World) -> None:
    result = world.runner.preview(STACK, world.program({"a": {}}))
    assert result.update_plan is None
    assert "update_plan" not in result.data()
    assert replace(result, outputs_before={"x": 1}).data() == result.data()
