"""A model that Bedrock imports, from its first `up` to its end, on the real engine."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from tests.infra.provider.bedrock.program import program
from tests.infra.provider.bedrock.world import jobs, models
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.orphans.simulated import SimulatedTags
from llmdeploy.infra.runner.result import RunResult

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def changes(result: RunResult) -> dict[str, str]:
    """What was done to the model. A replacement counts as one."""
    return {step.name: step.op for step in result.steps if step.name == "model"}


def test_it_comes_up_changes_and_goes(world: World) -> None:
    with world.runner() as runner:
        previewed = runner.preview(STACK, program())
        assert models(world) == jobs(world) == []
        assert changes(runner.up(STACK, program())) == changes(previewed) == {"model": "create"}

        [model] = models(world)
        outputs = runner.outputs(STACK)
        assert outputs["arn"] == model.id
        assert outputs["path"] == f"/model/{outputs['arn'].replace(':', '%3A').replace('/', '%2F')}"
        assert unquote(outputs["path"]) == f"/model/{model.id}"
        assert model.outputs["tags"] == {"llmdeploy:stack": "dev", "llmdeploy:spec-digest": "one"}
        assert [each.id for each in SimulatedTags(world.clouds, "aws").tagged("", "dev")] == [model.id]
        assert changes(runner.up(STACK, program(), refresh=True)) == {}

        assert changes(runner.up(STACK, program(digest="two"))) == {"model": "update"}
        assert models(world)[0].outputs["tags"]["llmdeploy:spec-digest"] == "two"
        assert models(world)[0].id == model.id

        # Other weights are another model, which is there before the old one goes.
        wanted = program(source="s3://acme-models/chat/v2", digest="two")
        replaced = runner.up(STACK, wanted)
        assert next(step.op for step in replaced.steps if step.name == "model") != "delete"
        [second] = models(world)
        assert second.id != model.id
        assert runner.outputs(STACK)["arn"] == second.id
        assert len(jobs(world)) == 2
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_tags_that_somebody_changes_are_mended(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        world.clouds.drift(models(world)[0], {"tags": {"llmdeploy:stack": "stranger", "team": "theirs"}})
        assert {step.name for step in runner.refresh(STACK, preview_only=True).drift} == {"model"}
        runner.up(STACK, program(), refresh=True)
        ours = {"llmdeploy:stack": "dev", "llmdeploy:spec-digest": "one"}
        assert models(world)[0].outputs["tags"] == {**ours, "team": "theirs"}
        assert len(jobs(world)) == 1


def test_a_model_that_somebody_deletes_is_imported_anew(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, program())
        [lost] = models(world)
        world.clouds.delete(lost)
        with pytest.raises(Exception, match=r"aws/us-east-1: the imported model .* is gone: "):
            runner.up(STACK, program(digest="two"))
        runner.up(STACK, program(digest="two"), refresh=True)
        [found] = models(world)
        assert found.id == runner.outputs(STACK)["arn"] != lost.id
        assert len(jobs(world)) == 2
        assert changes(runner.up(STACK, program(digest="two"), refresh=True)) == {}

        world.clouds.delete(found)
        # What is gone already is no failure.
        runner.destroy(STACK)
    assert world.clouds.resources() == []
