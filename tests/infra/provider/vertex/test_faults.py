"""What goes wrong at Vertex AI: told in words that name place and mend, and mended by the next `up`."""

from __future__ import annotations

import time

import pytest
from tests.infra.provider.vertex.program import program
from tests.infra.provider.vertex.world import deployments, endpoints, models, replicas
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.errors import ResourcesFailed
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.faults import Fault

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PACE = 600.0
"""Twenty minutes of an operation pass in two seconds."""


def failure(runner: Runner, **wanted: int) -> str:
    """Of the one resource that fails."""
    with pytest.raises(ResourcesFailed) as failed:
        runner.up(STACK, program(**wanted))
    [found] = failed.value.failures
    return found.message


@pytest.mark.parametrize("how", ["fail", "unhealthy"])
def test_a_deployment_that_fails_after_twenty_minutes_leaves_an_endpoint_that_is_used_next(
    world: World, how: str
) -> None:
    world.clouds.set("pace", PACE)
    seconds = 1200.0 if how == "fail" else 0.0
    world.clouds.add_fault(
        Fault("fail" if how == "fail" else "unhealthy", type="VertexDeployment", seconds=seconds)
    )
    with world.runner() as runner:
        began = time.monotonic()
        said = failure(runner, timeout_s=1200)
        assert time.monotonic() - began > 2
        assert said.startswith("gcp/us-central1: chat-blue on Vertex AI: deploying it failed: ")
        assert "aiplatform.googleapis.com/Endpoint" in said
        assert [len(endpoints(world)), deployments(world)] == [1, []]
        [left] = endpoints(world)

        world.clouds.clear_faults()
        runner.up(STACK, program(timeout_s=1200))
        assert endpoints(world) == [left] or endpoints(world)[0].number == left.number
        assert len(deployments(world)) == 1
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_what_a_failed_up_leaves_is_destroyed(world: World) -> None:
    world.clouds.add_fault(Fault("capacity", type="g2-standard-4", region="us-central1"))
    with world.runner() as runner:
        assert "no such machine free" in failure(runner)
        assert [len(models(world)), len(endpoints(world))] == [1, 1]
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_a_quota_is_named(world: World) -> None:
    quota = "custom_model_serving_nvidia_l4_gpus"
    world.clouds.add_fault(Fault("quota", type=quota, region="us-central1", limit=1))
    with world.runner() as runner:
        with pytest.raises(ResourcesFailed) as failed:
            runner.up(STACK, program(replicas=(2, 2)))
        [found] = failed.value.failures
        assert f"aiplatform.googleapis.com/{quota}" in found.message
        assert "it is not Compute Engine's" in found.message
        runner.up(STACK, program(replicas=(1, 1)))
        assert replicas(world) == (1, 1)
        with pytest.raises(ResourcesFailed, match=quota):
            runner.up(STACK, program(replicas=(2, 2)))
        assert replicas(world) == (1, 1)


def test_calls_are_tried_again_while_google_asks_for_patience(world: World) -> None:
    world.clouds.add_fault(Fault("throttle", type="VertexEndpoint", times=2))
    with world.runner() as runner:
        runner.up(STACK, program())
        assert world.clouds.faults() == []
        assert len(deployments(world)) == 1


def test_a_token_that_has_ended_is_renewed_once_and_then_told(world: World) -> None:
    with world.runner() as runner:
        world.clouds.add_fault(Fault("expired", times=1))
        runner.up(STACK, program())
        world.clouds.add_fault(Fault("expired"))
        said = failure(runner, request_s=600)
        assert "UNAUTHENTICATED" in said
        assert "gcloud auth application-default login" in said
        world.clouds.clear_faults()
        runner.up(STACK, program(request_s=600))
        assert endpoints(world)[0].outputs["clientConnectionConfig"] == {"inferenceTimeout": "600s"}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"machine": "g9-standard-4"}, "Machine type .*g9-standard-4.* is not supported"),
        (
            {"machine": "g2-standard-24"},
            "Machine type .*g2-standard-24.* with 1 × NVIDIA_L4 is not supported",
        ),
    ],
)
def test_a_machine_that_is_not_there_is_refused(world: World, wanted: dict[str, str], words: str) -> None:
    with world.runner() as runner, pytest.raises(ResourcesFailed, match=words):
        runner.up(STACK, program(machine=wanted["machine"]))
