"""An `up` that ends while SageMaker starts a component: the next one waits for it, and makes none twice."""

from __future__ import annotations

import json

import pytest
from tests.infra.provider.interruptions import End, for_good, interrupted, politely
from tests.infra.provider.sagemaker.program import program
from tests.infra.provider.sagemaker.world import components, told
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.simulate.faults import Fault

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SLOW = Fault("slow", type="InferenceComponent", seconds=8.0)


def started(world: World, end: End) -> None:
    """Begin an `up` and end it while the component is being started, on an endpoint that is there."""
    with world.runner() as runner:
        runner.up(STACK, program(component=False))
    interrupted(world, "tests.infra.provider.sagemaker.interrupted", SLOW, end)


@pytest.mark.parametrize("end", [politely, for_good])
def test_the_next_up_waits_on_for_what_was_begun(world: World, end: End) -> None:
    started(world, end)
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
    started(world, politely)
    resources = json.loads(world.state())["checkpoint"]["latest"]["resources"]
    (kept,) = (each["outputs"] for each in resources if each["type"].endswith("InferenceComponent"))
    assert kept["status"] == "starting"
    with world.runner() as runner:
        runner.destroy(STACK)
    assert world.clouds.resources() == []
