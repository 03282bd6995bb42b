"""An `up` that ends while SageMaker starts a component: the next one waits for it, and makes none twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable

import psutil
import pytest
from tests.infra.provider.sagemaker.program import program
from tests.infra.provider.sagemaker.world import components, told
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.simulate.faults import Fault

pytestmark = pytest.mark.engine

SLOW_S = 8.0


def interrupted(world: World, end: Callable[[subprocess.Popen[str]], None]) -> None:
    """Begin an `up` and end it while the component is being started, on an endpoint that is there."""
    with world.runner() as runner:
        runner.up(STACK, program(component=False))
    world.clouds.add_fault(Fault("slow", type="InferenceComponent", seconds=SLOW_S))
    module = "tests.infra.provider.sagemaker.interrupted"
    command = [sys.executable, "-m", module, str(world.home.root), str(world.home.cache)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        end(process)
        process.communicate(timeout=30)
    world.clouds.clear_faults()


def politely(process: subprocess.Popen[str]) -> None:
    """Ctrl-C."""
    process.send_signal(signal.SIGINT)


def for_good(process: subprocess.Popen[str]) -> None:
    """kill -9 of everything but the simulated clouds, which end by themselves."""
    family = psutil.Process(process.pid).children(recursive=True)
    for each in [psutil.Process(process.pid), *family]:
        if "llmdeploy.infra.simulate.serve" not in each.cmdline():
            each.kill()


@pytest.mark.parametrize("end", [politely, for_good])
def test_the_next_up_waits_on_for_what_was_begun(
    world: World, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    interrupted(world, end)
    [begun] = components(world)
    with world.runner() as runner:
        runner.up(STACK, program(), refresh=True)
        [found] = components(world)
        assert found.number == begun.number
        assert told(world)["InferenceComponentStatus"] == "InService"
        again = runner.up(STACK, program(), refresh=True).steps
        assert [step for step in again if step.name == "component" and step.op != "same"] == []
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_destroy_waits_for_what_cannot_be_deleted_while_it_starts(world: World) -> None:
    interrupted(world, politely)
    resources = json.loads(world.state())["checkpoint"]["latest"]["resources"]
    (kept,) = (each["outputs"] for each in resources if each["type"].endswith("InferenceComponent"))
    assert kept["status"] == "starting"
    with world.runner() as runner:
        runner.destroy(STACK)
    assert world.clouds.resources() == []
