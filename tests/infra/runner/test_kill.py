"""Kill -9 of llmdeploy or its engine at any moment: the next run waits if it must, takes over, converges."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time

import psutil
import pytest
from tests.infra.runner.conftest import Launch
from tests.infra.runner.world import STACK, World

from llmdeploy.infra.errors import StackLocked
from llmdeploy.infra.runner.events import Note

pytestmark = pytest.mark.engine

_CHAIN = {
    "one": {"seconds": "0.2"},
    "two": {"seconds": "0.2", "after": "one"},
    "three": {"seconds": "0.2", "after": "two"},
}
_ALL_MADE = dict.fromkeys(_CHAIN, "1")

_MOMENTS = sorted(round(random.Random(seed).uniform(0.3, 1.9), 2) for seed in (1, 2, 4, 6))
"""Seconds after the start: from before the engine runs to after the last resource."""


@pytest.mark.slow
@pytest.mark.parametrize("moment", _MOMENTS)
@pytest.mark.parametrize("victim", ["llmdeploy", "engine"])
def test_after_a_kill_up_converges_and_destroy_leaves_nothing(
    world: World, launch: Launch, victim: str, moment: float
) -> None:
    process = launch("up", _CHAIN)
    time.sleep(moment)
    _kill(process, victim)
    process.communicate(timeout=20)

    world.runner.up(STACK, world.program(_CHAIN))
    assert world.made() == _ALL_MADE
    assert "pending_operations" not in world.runner.export(STACK)["deployment"]
    assert world.runner.up(STACK, world.program(_CHAIN)).counts.changed == 0

    world.runner.destroy(STACK)
    assert world.made() == {}
    assert world.processes() == []


def test_an_engine_that_outlived_llmdeploy_is_waited_for(world: World, launch: Launch) -> None:
    things = {"slow": {"seconds": "2"}}
    process = launch("up", things)
    _until_begun(world)
    process.kill()
    process.communicate()

    taken_over = world.runner.up(STACK, world.program(things), world.events.append)
    assert taken_over.counts.same == 1, "made by the first run, not twice"
    notes = [note.message for note in world.seen(Note)]
    assert any(note.startswith("waiting for the engine of an earlier run to finish (pid ") for note in notes)


def test_a_second_run_is_told_at_once_who_holds_the_stack(world: World, launch: Launch) -> None:
    process = launch("up", {"slow": {"seconds": "10"}})
    _until_begun(world)
    begun = time.monotonic()
    with pytest.raises(StackLocked) as caught:
        world.runner.up(STACK, world.program({}))
    assert time.monotonic() - begun < 6
    assert caught.value.exit_code == 4
    assert f"(pid {process.pid}, user " in caught.value.problem
    assert "child.py" in caught.value.problem
    assert process.wait(timeout=20) == 0
    assert world.runner.up(STACK, world.program({"slow": {}})).counts.changed == 0


def test_a_lock_held_on_another_machine_is_respected(world: World) -> None:
    world.runner.up(STACK, world.program({"a": {}}))
    folder = world.home.state / ".pulumi" / "locks" / "organization" / "llmdeploy" / STACK
    lock = folder / "0.json"
    lock.write_text(
        '{"pid": 1, "username": "ann", "hostname": "elsewhere", "timestamp": "2026-11-24T12:00:00Z"}'
    )
    with pytest.raises(StackLocked, match=r"on elsewhere \(pid 1, user ann, since 2026-11-24T12:00:00Z\)"):
        world.runner.up(STACK, world.program({"a": {}}))
    assert lock.exists()


def _kill(process: subprocess.Popen[str], victim: str) -> None:
    if victim == "llmdeploy":
        process.kill()
        return
    for child in psutil.Process(process.pid).children():
        if child.name() == "pulumi":
            os.kill(child.pid, signal.SIGKILL)


def _until_begun(world: World) -> None:
    deadline = time.monotonic() + 20
    while not (world.folder / "things" / "slow.begun").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
