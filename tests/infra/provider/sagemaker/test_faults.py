"""What goes wrong with a component: told in words that name place and mend, and mended by the next `up`."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.infra.provider.sagemaker.program import CUDA_13, program
from tests.infra.provider.sagemaker.world import components, told
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.errors import ResourcesFailed
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.faults import Fault

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def failure(runner: Runner, **wanted: Any) -> str:
    """Of the one resource that fails."""
    with pytest.raises(ResourcesFailed) as failed:
        runner.up(STACK, program(**wanted), keep_going=True)
    [found] = failed.value.failures
    return found.message


def test_a_container_that_never_answers_leaves_nothing_and_is_made_anew(world: World) -> None:
    world.clouds.set("pace", 600.0)
    world.clouds.add_fault(Fault("unhealthy", type="InferenceComponent"))
    with world.runner() as runner:
        began = time.monotonic()
        said = failure(runner)
        assert time.monotonic() - began > 1.5  # 900 s of its start-up budget
        assert said.startswith("aws/us-east-1: chat-blue in SageMaker: starting it failed: The primary ")
        assert "did not pass the ping health check" in said
        assert "llmdeploy logs" in said
        assert components(world) == []

        world.clouds.clear_faults()
        runner.up(STACK, program())
        assert told(world)["InferenceComponentStatus"] == "InService"
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_what_a_copy_asks_for_must_be_there(world: World) -> None:
    with world.runner() as runner:
        said = failure(runner, accelerators=2)
        assert "SageMaker refuses CreateInferenceComponent: ValidationException: There is not enough" in said
        assert "choose another GPU (`hardware.gpu`)" in said
        assert "There is not enough hardware" in failure(runner, copies=4)
        runner.up(STACK, program())


def test_an_endpoint_with_a_model_of_its_own_hosts_none(world: World) -> None:
    with world.runner() as runner:
        said = failure(runner, hosted=False)
    assert "Inference Components are not supported in this Endpoint." in said
    assert "its endpoint hosts a model of its own" in said


def test_an_endpoint_that_is_not_there(world: World) -> None:
    with world.runner() as runner:
        assert 'Could not find endpoint "arn:aws:sagemaker:us-east-1:' in failure(runner, endpoint=False)


def test_an_update_to_what_does_not_start_is_taken_back_and_the_old_copies_serve_on(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        said = failure(runner, digest="two", image=CUDA_13)
        assert "updating it was taken back: it failed: CannotStartContainerError" in said
        assert told(world)["InferenceComponentStatus"] == "InService"


def test_calls_are_tried_again_while_aws_asks_for_patience(world: World) -> None:
    world.clouds.add_fault(Fault("throttle", type="InferenceComponent", times=2))
    with world.runner() as runner:
        runner.up(STACK, program())
        assert world.clouds.faults() == []


def test_credentials_that_have_ended_are_told(world: World) -> None:
    world.clouds.add_fault(Fault("expired"))
    with world.runner() as runner:
        said = failure(runner)
        assert "SageMaker refuses DescribeInferenceComponent: ExpiredTokenException" in said
        assert "aws sso login" in said
        world.clouds.clear_faults()
        runner.up(STACK, program())


def test_an_endpoint_with_components_is_not_deleted_before_them(world: World) -> None:
    from llmdeploy.infra.simulate.errors import CloudError
    from llmdeploy.infra.simulate.references.deletion import check_unused

    with world.runner() as runner:
        runner.up(STACK, program())
    with pytest.raises(CloudError, match="it hosts inference components"):
        check_unused(world.clouds.find("Endpoint:endpoint"), components(world))
