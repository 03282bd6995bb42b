"""A model on Vertex AI, from its first `up` to its end, on the real engine."""

from __future__ import annotations

import pytest
from tests.infra.provider.vertex.program import ENDPOINT, program
from tests.infra.provider.vertex.world import deployments, endpoints, models, replicas, split
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.runner import Runner

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def changes(result: RunResult) -> dict[str, str]:
    """What was done to what. A replacement counts as one."""
    return {step.name: step.op for step in result.steps if step.name in {"model", "endpoint", "deployment"}}


def test_it_comes_up_changes_and_goes(world: World) -> None:
    with world.runner() as runner:
        previewed = runner.preview(STACK, program())
        assert models(world) == endpoints(world) == deployments(world) == []
        assert changes(runner.up(STACK, program())) == changes(previewed)

        outputs = runner.outputs(STACK)
        assert outputs["host"] == endpoints(world)[0].outputs["dedicatedEndpointDns"]
        assert outputs["path"] == f"/v1/{ENDPOINT}/invoke"
        assert split(world) == {outputs["deployed"]: 100}
        container = models(world)[0].outputs["containerSpec"]
        assert (container["invokeRoutePrefix"], container["deploymentTimeout"]) == ("/*", "1200s")
        assert changes(runner.up(STACK, program(), refresh=True)) == {}

        _change(runner, world, outputs["deployed"])
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def _change(runner: Runner, world: World, first: str) -> None:
    assert changes(runner.up(STACK, program(replicas=(2, 4)))) == {"deployment": "update"}
    assert replicas(world) == (2, 4)

    labelled = runner.up(STACK, program(replicas=(2, 4), digest="two", request_s=600))
    assert changes(labelled) == {"model": "update", "endpoint": "update"}
    assert endpoints(world)[0].outputs["clientConnectionConfig"] == {"inferenceTimeout": "600s"}
    assert models(world)[0].outputs["labels"]["llmdeploy-spec-digest"] == "two"

    # Another container is another model: the endpoint stays, and with it the host.
    host = runner.outputs(STACK)["host"]
    runner.up(STACK, program(arguments=("--port", "8000", "--seed", "1"), digest="two", request_s=600))
    assert runner.outputs(STACK)["host"] == host
    second = runner.outputs(STACK)["deployed"]
    assert second != first
    assert split(world) == {second: 100}
    assert [len(models(world)), len(deployments(world))] == [1, 1]


def test_what_is_changed_behind_our_back_is_mended(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        [deployment] = deployments(world)
        world.clouds.drift(deployment, {"dedicatedResources.maxReplicaCount": 9})
        assert {step.name for step in runner.refresh(STACK, preview_only=True).drift} == {"deployment"}
        runner.up(STACK, program(), refresh=True)
        assert replicas(world) == (1, 2)

        world.clouds.drift(endpoints(world)[0], {"labels.llmdeploy-stack": "stranger"})
        runner.up(STACK, program(), refresh=True)
        assert endpoints(world)[0].outputs["labels"]["llmdeploy-stack"] == "dev"


@pytest.mark.parametrize("lost", ["deployment", "endpoint", "everything"])
def test_what_is_deleted_behind_our_back_is_made_anew(world: World, lost: str) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        gone = {
            "deployment": deployments(world),
            "endpoint": [*deployments(world), *endpoints(world)],
            "everything": world.clouds.resources(),
        }[lost]
        for record in gone:
            world.clouds.delete(record)
        runner.up(STACK, program(), refresh=True)
        assert [len(models(world)), len(endpoints(world)), len(deployments(world))] == [1, 1, 1]
        assert split(world) == {runner.outputs(STACK)["deployed"]: 100}
        assert changes(runner.up(STACK, program(), refresh=True)) == {}

        for record in world.clouds.resources():
            world.clouds.delete(record)
        # What is gone already is no failure.
        runner.destroy(STACK)


def test_an_up_that_meets_what_is_gone_says_so_and_the_next_mends(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        world.clouds.delete(deployments(world)[0])
        with pytest.raises(Exception, match=r"gcp/us-central1: chat-blue .* is gone: .*`llmdeploy up` again"):
            runner.up(STACK, program(replicas=(2, 2)))
        runner.up(STACK, program(replicas=(2, 2)), refresh=True)
        assert replicas(world) == (2, 2)
