"""What goes wrong at Bedrock: told in words that name place and mend, and mended by the next `up`."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tests.infra.provider.bedrock.program import program
from tests.infra.provider.bedrock.world import jobs, models
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.errors import ResourcesFailed
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.faults import Fault

pytestmark = [pytest.mark.engine, pytest.mark.slow]

PACE = 600.0
"""Twenty minutes of a job pass in two seconds."""


def failure(runner: Runner, **wanted: Any) -> str:
    """Of the one resource that fails."""
    with pytest.raises(ResourcesFailed) as failed:
        runner.up(STACK, program(**wanted))
    [found] = failed.value.failures
    return found.message


def test_a_job_that_fails_after_twenty_minutes_leaves_nothing_and_another_is_begun(world: World) -> None:
    world.clouds.set("pace", PACE)
    world.clouds.add_fault(Fault("fail", type="BedrockImport", seconds=1200.0))
    with world.runner() as runner:
        began = time.monotonic()
        said = failure(runner)
        assert time.monotonic() - began > 2
        assert said.startswith("aws/us-east-1: chat-blue in Bedrock: importing it failed: Internal error.")
        assert "mend what lies in s3://acme-models/chat" in said
        assert models(world) == []

        world.clouds.clear_faults()
        runner.up(STACK, program())
        assert [each["what"]["request"]["jobName"][-2:] for each in jobs(world)] == ["-1", "-2"]
        assert [each.id for each in models(world)] == [runner.outputs(STACK)["arn"]]
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_weights_that_bedrock_cannot_run_are_told_with_what_it_can(world: World) -> None:
    world.clouds.add_fault(Fault("unhealthy", type="BedrockImport"))
    with world.runner() as runner:
        said = failure(runner)
    assert "Unsupported model architecture" in said
    assert "Bedrock imports llama, mllama, mistral" in said


def test_a_role_that_may_not_read_the_weights(world: World) -> None:
    with world.runner() as runner:
        said = failure(runner, reads="arn:aws:s3:::acme-models/other/*")
        assert "does not have permission to access s3://acme-models/chat" in said
        assert "let the import role read s3://acme-models/chat" in said
        runner.up(STACK, program())
        assert len(models(world)) == 1


def test_a_region_without_imports(world: World) -> None:
    with world.runner() as runner:
        said = failure(runner, location="eu-west-1")
    assert said.startswith("aws/eu-west-1: Bedrock refuses GetImportedModel: ValidationException: ")
    assert "aws/us-east-1, aws/us-east-2, aws/us-west-2, aws/eu-central-1" in said
    assert jobs(world) == []


def test_a_quota_is_named(world: World) -> None:
    world.clouds.add_fault(Fault("quota", type="imported-models", region="us-east-1", limit=0))
    with world.runner() as runner:
        assert "Bedrock's quota of imported models in us-east-1" in failure(runner)


def test_calls_are_tried_again_while_aws_asks_for_patience(world: World) -> None:
    world.clouds.add_fault(Fault("throttle", type="BedrockImport", times=2))
    with world.runner() as runner:
        runner.up(STACK, program())
        assert world.clouds.faults() == []
        assert (len(models(world)), len(jobs(world))) == (1, 1)


def test_credentials_that_have_ended_are_told(world: World) -> None:
    world.clouds.add_fault(Fault("expired"))
    with world.runner() as runner:
        said = failure(runner)
        assert "Bedrock refuses GetImportedModel: ExpiredTokenException" in said
        assert "aws sso login" in said
        world.clouds.clear_faults()
        runner.up(STACK, program())


def test_a_role_that_bedrock_may_not_take(world: World) -> None:
    """Bedrock is asked for half a minute, as a new role is not known everywhere at once."""
    with world.runner() as runner:
        said = failure(runner, taken_by="sagemaker.amazonaws.com")
    assert "Could not assume the provided IAM role" in said
    assert jobs(world) == []
