"""An `up` that ends while Bedrock imports: the next one waits on for it, and imports nothing twice."""

from __future__ import annotations

import json
import time

import pytest
from tests.infra.provider.bedrock.program import program
from tests.infra.provider.bedrock.world import jobs, models, under_way
from tests.infra.provider.interruptions import End, for_good, interrupted, politely
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.simulate.faults import Fault

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SLOW_S = 8.0
MODULE = "tests.infra.provider.bedrock.interrupted"
SLOW = Fault("slow", type="BedrockImport", seconds=SLOW_S)


@pytest.mark.parametrize("end", [politely, for_good])
def test_the_next_up_waits_on_for_the_job_that_was_begun(world: World, end: End) -> None:
    interrupted(world, MODULE, SLOW, end)
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
    interrupted(world, MODULE, SLOW, for_good)
    time.sleep(SLOW_S)
    with world.runner() as runner:
        runner.up(STACK, program(digest="two"), refresh=True)
        assert len(jobs(world)) == 1
        [model] = models(world)
        assert model.outputs["tags"]["llmdeploy:spec-digest"] == "two"
        assert model.id == runner.outputs(STACK)["arn"]


def test_destroy_waits_for_a_job_that_nobody_can_end_and_removes_its_model(world: World) -> None:
    interrupted(world, MODULE, SLOW, politely)
    resources = json.loads(world.state())["checkpoint"]["latest"]["resources"]
    (kept,) = (each["outputs"] for each in resources if each["type"].endswith("BedrockImport"))
    assert (kept["status"], kept["job"]) == ("importing", jobs(world)[0]["name"])
    with world.runner() as runner:
        runner.destroy(STACK)
    assert (under_way(world), world.clouds.resources()) == (0, [])
