"""An `up` that ends while Google deploys: the next one waits on for it, `destroy` ends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest
from tests.infra.provider.vertex.program import program
from tests.infra.provider.vertex.world import commands_with, deployments, endpoints, split, under_way
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.store import Store

pytestmark = pytest.mark.engine

SLOW_S = 4.0


def interrupted(world: World, end: Callable[[subprocess.Popen[str]], None]) -> str:
    """Begin an `up` and end it while the deployment is under way; what it said."""
    world.clouds.add_fault(Fault("slow", type="VertexDeployment", seconds=SLOW_S, times=0))
    command = [
        sys.executable,
        "-m",
        "tests.infra.provider.vertex.interrupted",
        str(world.home.root),
        str(world.home.cache),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        end(process)
        said = process.communicate(timeout=30)
    world.clouds.clear_faults()
    return "".join(said)


def politely(process: subprocess.Popen[str]) -> None:
    """Ctrl-C."""
    process.send_signal(signal.SIGINT)


def for_good(process: subprocess.Popen[str]) -> None:
    """kill -9 of everything but the simulated clouds, which end by themselves."""
    family = psutil.Process(process.pid).children(recursive=True)
    for each in [psutil.Process(process.pid), *family]:
        if "llmdeploy.infra.simulate.serve" not in each.cmdline():
            each.kill()


def operations(world: World) -> int:
    """How often Google was asked to deploy."""
    store = Store(world.folder)
    try:
        return sum(each["kind"] == "DeployModel" for each in store.operations().values())
    finally:
        store.close()


@pytest.mark.parametrize("end", [politely, for_good])
def test_the_next_up_waits_on_for_what_was_begun(
    world: World, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    interrupted(world, end)
    assert under_way(world) == ["DeployModel"]
    assert deployments(world) == []
    with world.runner() as runner:
        runner.up(STACK, program(), refresh=True)
        assert operations(world) == 1
        assert split(world) == {runner.outputs(STACK)["deployed"]: 100}
        assert runner.up(STACK, program(), refresh=True).steps == ()
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_what_was_interrupted_is_kept_in_the_state_with_the_name_of_its_operation(world: World) -> None:
    interrupted(world, politely)
    store = Store(world.folder)
    [name] = [name for name, each in store.operations().items() if each["kind"] == "DeployModel"]
    store.close()
    assert f'"operation":"{name}"' in world.state()
    assert '"status":"deploying"' in world.state()


@pytest.mark.parametrize("end", [politely, for_good])
def test_destroy_ends_what_was_begun(world: World, end: Callable[[subprocess.Popen[str]], None]) -> None:
    interrupted(world, end)
    with world.runner() as runner:
        runner.destroy(STACK)
    assert world.clouds.resources() == []
    assert under_way(world) == []
    assert endpoints(world) == []
    assert not [each for each in commands_with(str(world.home.root)) if "pulumi" in each.name()]
