"""An inference component of SageMaker, from its first `up` to its end, on the real engine."""

from __future__ import annotations

import pytest
from tests.infra.provider.sagemaker.program import CUDA_12, program
from tests.infra.provider.sagemaker.world import components, instances, told
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.orphans.simulated import SimulatedTags
from llmdeploy.infra.runner.result import RunResult

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def changes(result: RunResult) -> dict[str, str]:
    """What was done to the component."""
    return {step.name: step.op for step in result.steps if step.name == "component" and step.op != "same"}


def test_it_comes_up_changes_and_goes(world: World) -> None:
    with world.runner() as runner:
        previewed = runner.preview(STACK, program())
        assert components(world) == []
        assert changes(runner.up(STACK, program())) == changes(previewed) == {"component": "create"}

        [first] = components(world)
        assert runner.outputs(STACK)["arn"] == first.id
        assert first.id == "arn:aws:sagemaker:us-east-1:123456789012:inference-component/chat-blue"
        assert first.outputs["InferenceComponentStatus"] == "InService"
        assert first.outputs["RuntimeConfig"]["DesiredCopyCount"] == 1
        assert first.outputs["tags"] == {"llmdeploy:stack": "dev", "llmdeploy:spec-digest": "one"}
        tagged = [each.id for each in SimulatedTags(world.clouds, "aws").tagged("", "dev")]
        assert first.id in tagged
        assert changes(runner.up(STACK, program(), refresh=True)) == {}

        # Another number of copies to begin with is no change of what is there.
        assert changes(runner.up(STACK, program(digest="two", copies=2))) == {"component": "update"}
        assert told(world)["tags"]["llmdeploy:spec-digest"] == "two"
        assert told(world)["RuntimeConfig"]["DesiredCopyCount"] == 1

        # Another model takes the place of the first, copy by copy, on the endpoint that stays.
        model = told(world)["Specification"]["ModelName"]
        other = program(digest="two", image=CUDA_12.replace("0.27.1", "0.27.0"))
        steps = [(step.name, step.op) for step in runner.up(STACK, other).steps]
        assert steps.index(("component", "update")) < steps.index(("model", "delete"))
        assert told(world)["Specification"]["ModelName"] != model
        assert components(world)[0].number == first.number

        order = [step.name for step in runner.destroy(STACK).steps]
        assert order.index("component") < order.index("endpoint")
    assert world.clouds.resources() == []


def test_copies_and_instances_follow_what_scales_them(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        assert instances(world) == 1
        runner.up(STACK, program(least=2))
        assert instances(world) == 2
        [component] = components(world)
        world.clouds.drift(component, {"RuntimeConfig.DesiredCopyCount": 0})
        assert changes(runner.up(STACK, program(), refresh=True)) == {}
        assert instances(world) == 0


def test_a_component_that_somebody_deletes_is_made_anew(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        world.clouds.delete(components(world)[0])
        with pytest.raises(Exception, match=r"aws/us-east-1: chat-blue in SageMaker is gone: "):
            runner.up(STACK, program(digest="two"))
        runner.up(STACK, program(digest="two"), refresh=True)
        [found] = components(world)
        assert changes(runner.up(STACK, program(digest="two"), refresh=True)) == {}
        world.clouds.delete(found)
        # What is gone already is no failure.
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_an_endpoint_that_is_replaced_takes_its_component_along(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        [first] = components(world)
        world.clouds.delete(first)
        world.clouds.delete(world.clouds.find("Endpoint:endpoint"))
        runner.up(STACK, program(), refresh=True)
        [second] = components(world)
        assert second.number != first.number
        runner.destroy(STACK)
    assert world.clouds.resources() == []
