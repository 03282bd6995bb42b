"""Ctrl-C and SIGTERM: once lets the engine end its step, twice stops it at once; the next run goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pexpect
import pytest
from tests.infra.runner.conftest import Launch
from tests.infra.runner.world import STACK, World

from llmdeploy.infra.runner.events import Note

pytestmark = pytest.mark.engine

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_once_the_step_under_way_is_finished_and_saved(
    world: World, launch: Launch, number: signal.Signals
) -> None:
    things = {"slow": {"seconds": "1"}, "later": {"after": "slow"}}
    process = launch("up", things)
    _until_begun(world, "slow")
    process.send_signal(number)
    out, err = process.communicate(timeout=20)

    assert process.returncode == 130
    assert err == (
        "up of stack dev was interrupted; what was done is saved; "
        "run the same command again to go on, or `llmdeploy destroy` to remove what is there\n"
    )
    assert out.count("stopping after the current step") == 1
    assert "interrupted=True" in out.splitlines()[-1]
    assert world.made() == {"slow": "1"}
    assert world.processes() == []

    goes_on = world.runner.up(STACK, world.program(things))
    assert (goes_on.counts.create, goes_on.counts.same) == (1, 1)


def test_twice_it_stops_at_once_and_the_next_run_takes_up_what_was_begun(
    world: World, launch: Launch
) -> None:
    process = launch("up", {"slow": {"seconds": "60"}})
    _until_begun(world, "slow")
    process.send_signal(signal.SIGINT)
    _until_said(process, "stopping after the current step")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)

    assert process.returncode == 130
    assert _gone(world)
    goes_on = world.runner.up(STACK, world.program({"slow": {}}), world.events.append)
    assert goes_on.counts.create == 1
    assert Note("interrupted earlier: creating slow") in world.events
    assert "pending_operations" not in world.runner.export(STACK)["deployment"]


def test_ctrl_c_at_a_terminal_reaches_the_engine_once(world: World) -> None:
    things = json.dumps({"slow": {"seconds": "1"}})
    terminal = pexpect.spawn(
        sys.executable,
        ["-m", "tests.infra.runner.child", str(world.folder), "up", things],
        cwd=str(_ROOT),
        encoding="utf-8",
        timeout=20,
        dimensions=(40, 400),
    )
    try:
        _until_begun(world, "slow")
        terminal.sendintr()
        terminal.expect("stopping after the current step")
        terminal.expect("interrupted=True")
        terminal.expect("what was done is saved")
        terminal.wait()
        assert terminal.exitstatus == 130
    finally:
        terminal.close(force=True)
    assert world.made() == {"slow": "1"}


def _until_begun(world: World, name: str) -> None:
    deadline = time.monotonic() + 20
    while not (world.folder / "things" / f"{name}.begun").exists():
        assert time.monotonic() < deadline, f"{name} was never begun"
        time.sleep(0.02)


def _until_said(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"it never said {text!r}")


def _gone(world: World) -> bool:
    """The plugin ends a moment after its engine."""
    deadline = time.monotonic() + 5
    while world.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    return not world.processes()
