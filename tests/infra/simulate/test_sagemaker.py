"""Endpoints that do not get into service, as users of the engine see them, and what the next run mends."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.errors import ResourcesFailed
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.topology import topology

pytestmark = [pytest.mark.engine, pytest.mark.slow]
TRUST = json.dumps(
    {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sagemaker.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ]
    }
)
REGISTRY = "763104351884.dkr.ecr.us-east-1.amazonaws.com"
CUDA_13 = f"{REGISTRY}/vllm:0.30.0-gpu-py312-cu130-ubuntu24.04-sagemaker"
NEW_HOST = "al2023-ami-sagemaker-inference-gpu-4-1"
NOT_HEALTHY = "did not pass the ping health check"
FAILED = "unexpected state 'Failed', wanted target 'InService'"


def program(
    *, host: str | None = NEW_HOST, kind: str = "ml.g6.xlarge", count: int = 2, model: str = "acme/chat"
) -> Callable[[], None]:
    """A model, a configuration, an endpoint, and what waits for it."""

    def declare() -> None:
        import pulumi
        import pulumi_aws as aws

        role = aws.iam.Role("role", assume_role_policy=TRUST)
        made = aws.sagemaker.Model(
            "model",
            execution_role_arn=role.arn,
            primary_container={"image": CUDA_13, "environment": {"SM_VLLM_MODEL": model}},
            region="us-east-1",
        )
        configuration = aws.sagemaker.EndpointConfiguration(
            "configuration",
            production_variants=[
                {
                    "variant_name": "replicas",
                    "model_name": made.name,
                    "instance_type": kind,
                    "initial_instance_count": count,
                    "inference_ami_version": host,
                }
            ],
            region="us-east-1",
        )
        endpoint = aws.sagemaker.Endpoint(
            "endpoint",
            name="chat-blue",
            endpoint_config_name=configuration.name,
            region="us-east-1",
            opts=pulumi.ResourceOptions(delete_before_replace=True),
        )
        aws.cloudwatch.LogGroup(
            "after", region="us-east-1", opts=pulumi.ResourceOptions(depends_on=[endpoint])
        )

    return declare


def test_an_endpoint_that_fails_after_twenty_minutes_is_made_anew(world: World) -> None:
    clouds = world.clouds
    clouds.set("pace", 1200)
    clouds.add_fault(Fault("fail", type="Endpoint", seconds=1200, times=1))
    with world.runner() as runner:
        assert NOT_HEALTHY in _failure(runner, program())
        failed = clouds.find("Endpoint:endpoint")
        assert clouds.instances(failed) == []
        assert '"initErrors"' in world.state()
        assert not [each for each in clouds.resources() if each.name == "after"]

        foreseen = runner.preview(STACK, program())
        assert {(step.name, step.op) for step in foreseen.steps if step.op in {"replace", "create"}} == {
            ("endpoint", "replace"),
            ("after", "create"),
        }
        runner.up(STACK, program(), refresh=True, keep_going=True)
        assert len(clouds.instances(clouds.find("Endpoint:endpoint"))) == 2
        assert clouds.find("Endpoint:endpoint").number != failed.number
        assert runner.up(STACK, program(), refresh=True, keep_going=True).steps == ()
        runner.destroy(STACK)
    assert clouds.resources() == []


def test_why_an_endpoint_fails_is_told_in_its_own_words(world: World) -> None:
    clouds = world.clouds
    clouds.set("pace", 1200)
    with world.runner() as runner:
        assert "CannotStartContainerError" in _failure(runner, program(host=None))

        clouds.add_fault(Fault("unhealthy", type="Endpoint", times=1))
        assert NOT_HEALTHY in _failure(runner, program())

        short = clouds.add_fault(Fault("capacity", type="ml.g6.xlarge"))
        told = _failure(runner, program())
        assert FAILED in told
        assert "InsufficientInstanceCapacity" in told
        clouds.clear_faults(short)

        limit = clouds.add_fault(Fault("quota", type="ml.g6.xlarge for endpoint usage", limit=1))
        told = _failure(runner, program())
        assert (
            "ResourceLimitExceeded: The account-level service limit 'ml.g6.xlarge for endpoint usage' is 1"
            in told
        )
        clouds.clear_faults(limit)

        runner.up(STACK, program(), keep_going=True)
        (group,) = topology(clouds).groups
        assert [each.type for each in group.instances] == ["ml.g6.xlarge"] * 2


def test_a_change_goes_over_in_place_and_what_does_not_start_is_taken_back(world: World) -> None:
    clouds = world.clouds
    with world.runner() as runner:
        runner.up(STACK, program())
        endpoint = clouds.find("Endpoint:endpoint")
        changed = runner.up(STACK, program(model="acme/other"))
        order = [(step.name, step.op) for step in changed.steps if step.op != "same"]
        assert order.index(("model", "replace")) < order.index(("configuration", "replace"))
        assert order.index(("configuration", "replace")) < order.index(("endpoint", "update"))
        assert order.index(("endpoint", "update")) < order.index(("configuration", "delete"))
        assert clouds.find("Endpoint:endpoint").number == endpoint.number

        with pytest.raises(ResourcesFailed, match="The update was rolled back: CannotStartContainerError"):
            runner.up(STACK, program(model="acme/other", host=None))
        assert len(clouds.instances(endpoint)) == 2

        clouds.delete(clouds.find("Endpoint:endpoint"))
        found = runner.preview(STACK, program(), refresh=True)
        assert [(step.name, step.gone) for step in found.drift] == [("endpoint", True)]
        runner.up(STACK, program(), refresh=True)
        assert len(clouds.instances(clouds.find("Endpoint:endpoint"))) == 2


def _failure(runner: Runner, declared: Callable[[], None]) -> str:
    with pytest.raises(ResourcesFailed) as failed:
        runner.up(STACK, declared, keep_going=True)
    return "; ".join(each.message for each in failed.value.failures)
