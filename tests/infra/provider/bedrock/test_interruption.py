"""An `up` that ends while Bedrock imports: the next one waits on for it, and imports nothing twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable

import psutil
import pytest
from tests.infra.provider.bedrock.program import program
from tests.infra.provider.bedrock.world import jobs, models, under_way
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.simulate.faults import Fault

pytestmark = pytest.mark.engine

SLOW_S = 8.0


def interrupted(world: World, end: Callable[[subprocess.Popen[str]], None]) -> None:
    """Begin an `up` and end it while the import is under way."""
    world.clouds.add_fault(Fault("slow", type="BedrockImport", seconds=SLOW_S))
    command = [
        sys.executable,
        "-m",
        "tests.infra.provider.bedrock.interrupted",
        str(world.home.root),
        str(world.home.cache),
    ]
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
def test_the_next_up_waits_on_for_the_job_that_was_begun(
    world: World, end: Callable[[subprocess.Popen[str]], None]
) -> None:
    interrupted(world, end)
    assert (under_way(world), models(world)) == (1, [])
    with world.runner() as runner:
        runner.up(STACK, program(), refresh=True)
        assert len(jobs(world)) == 1
        assert [each.id for each in models(world)] == [runner.outputs(STACK)["arn"]]
        assert [
            step for step in runner.up(STACK, program(), refresh=True).steps if step.name == "model"
        ] == []
        runner.destroy(STACK)
    assert models(world) == []


def test_a_model_that_was_finished_meanwhile_is_adopted(world: World) -> None:
    interrupted(world, for_good)
    time.sleep(SLOW_S)
    with world.runner() as runner:
        runner.up(STACK, program(digest="two"), refresh=True)
        assert len(jobs(world)) == 1
        [model] = models(world)
        assert model.outputs["tags"]["llmdeploy:spec-digest"] == "two"
        assert model.id == runner.outputs(STACK)["arn"]


def test_destroy_waits_for_a_job_that_nobody_can_end_and_removes_its_model(world: World) -> None:
    interrupted(world, politely)
    resources = json.loads(world.state())["checkpoint"]["latest"]["resources"]
    (kept,) = (each["outputs"] for each in resources if each["type"].endswith("BedrockImport"))
    assert (kept["status"], kept["job"]) == ("importing", jobs(world)[0]["name"])
    with world.runner() as runner:
        runner.destroy(STACK)
    assert (under_way(world), world.clouds.resources()) == (0, [])
