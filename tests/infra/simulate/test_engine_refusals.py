"""What the simulated clouds refuse, as the user of the engine sees it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable

import pytest
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.errors import Interrupted, ResourcesFailed
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.faults import Fault

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def _misspelt() -> None:
    import pulumi_aws as aws

    aws.lb.TargetGroup("group", region="us-east-1", health_check={"pathh": "/health"})


def _dangling() -> None:
    import pulumi_aws as aws

    aws.ec2.Subnet("subnet", region="us-east-1", vpc_id="vpc-0123456789abcdef0", cidr_block="10.0.0.0/20")


def _out_of_order() -> None:
    import pulumi_gcp as gcp

    policy = {"min_replicas": 3, "max_replicas": 2}
    gcp.compute.RegionAutoscaler("scaler", region="europe-west4", target="fleet", autoscaling_policy=policy)


def _unknown_answer() -> None:
    import pulumi_aws as aws

    aws.ssm.get_parameter(name="/aws/service/none", region="us-east-1")


def _taken() -> None:
    import pulumi_aws as aws

    for name in ("one", "two"):
        aws.iam.Role(name, name="node", assume_role_policy=_TRUST)


_TRUST = (
    '{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)
_SURE = {
    _misspelt: "healthCheck.pathh",
    _dangling: "api error InvalidVpcID.NotFound: The vpc ID 'vpc-0123456789abcdef0' does not exist",
    _out_of_order: "minNumReplicas 3 is greater than maxNumReplicas 2",
    _unknown_answer: "couldn't find resource: SSM Parameter (/aws/service/none) in us-east-1",
}
"""Refused in a preview already."""


def test_each_kind_of_refusal(world: World) -> None:
    with world.runner() as runner:
        for program, told in _SURE.items():
            assert told in _error(runner.preview, program)
        assert runner.preview(STACK, _taken).counts.create == 2
        assert "api error EntityAlreadyExists: node already exists" in _error(runner.up, _taken)
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_a_chosen_name_is_given_up_before_it_is_taken_again(world: World) -> None:
    def program(why: str) -> Callable[[], None]:
        def declare() -> None:
            import pulumi_aws as aws

            vpc = aws.ec2.Vpc("vpc", region="us-east-1", cidr_block="10.0.0.0/16")
            aws.ec2.SecurityGroup("named", region="us-east-1", vpc_id=vpc.id, name="chosen", description=why)
            aws.ec2.SecurityGroup("unnamed", region="us-east-1", vpc_id=vpc.id, description=why)

        return declare

    with world.runner() as runner:
        runner.up(STACK, program("old"))
        before = {record.name: record.id for record in world.clouds.resources()}
        replaced = runner.up(STACK, program("new"))
        order = {
            name: [step.op for step in replaced.steps if step.name == name] for name in ("named", "unnamed")
        }
        assert order == {"named": ["delete", "replace"], "unnamed": ["replace", "delete"]}
        after = {record.name: record.id for record in world.clouds.resources()}
        assert after["vpc"] == before["vpc"]
        assert not set(after.values()) & {before["named"], before["unnamed"]}
        runner.destroy(STACK)


def test_ctrl_c_ends_a_slow_create(world: World) -> None:
    world.clouds.add_fault(Fault("slow", type="Vpc", seconds=60))
    with world.runner() as runner:
        began = time.monotonic()
        with pytest.raises(Interrupted):
            _stopped(runner)
        assert time.monotonic() - began < 30
    assert world.clouds.resources() == []


def _stopped(runner: Runner) -> None:
    def declare() -> None:
        import pulumi_aws as aws

        threading.Timer(2.0, os.kill, (os.getpid(), signal.SIGINT)).start()
        aws.ec2.Vpc("vpc", region="us-east-1", cidr_block="10.0.0.0/16")

    runner.up(STACK, declare)


def _error(operation: Callable[..., object], program: Callable[[], None]) -> str:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - a failed data source is the program's failure
        operation(STACK, program)
    error = raised.value
    return (
        "\n".join(each.message for each in error.failures)
        if isinstance(error, ResourcesFailed)
        else str(error)
    )
