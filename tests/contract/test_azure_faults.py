"""What goes wrong in Azure keeps back no other cloud, is told in its words, and is mended by the next up."""

from __future__ import annotations

import pytest
from tests.contract.steps import changing, exact
from tests.contract.world import World

from llmdeploy.infra.errors import ResourceFailure, ResourcesFailed
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.identity.azure import DEPLOYMENT
from llmdeploy.serving.plan.model import Plan

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SPEC = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
hardware: {count: 1}
regions:
  - {name: aws/us-east-1, hardware: {gpu: l4}}
  - {name: azure/eastus2, variant: managed, role: overflow}
"""
NAME = "azure-eastus2-deployment"
LATE = Fault("fail", type="OnlineDeployment", seconds=1200, times=1)
NEVER_READY = Fault("unhealthy", type="OnlineDeployment", times=1)


@pytest.mark.parametrize("fault", [LATE, NEVER_READY], ids=["fails after 20 minutes", "never becomes ready"])
def test_a_deployment_that_fails_is_told_of_and_made_anew(world: World, fault: Fault) -> None:
    plan = world.plan(SPEC)
    world.clouds.set("pace", 1200)
    world.clouds.add_fault(fault)
    failure = _failure(world, plan)
    assert failure.name == NAME
    assert "ResourceNotReady" in failure.message
    assert "did not become ready" in failure.message
    assert len(world.clouds.instances(world.clouds.find("Group:aws-us-east-1-fleet"))) == 1
    assert _state(world) == "Failed"

    world.up(plan, refresh=True)
    assert _state(world) == "Succeeded"
    assert exact(world.up(plan, refresh=True).steps) == []


def test_calls_that_are_throttled_are_made_again(world: World) -> None:
    world.clouds.add_fault(Fault("throttle", type="OnlineEndpoint"))
    world.up(world.plan(SPEC))
    assert _state(world) == "Succeeded"


def test_an_endpoint_that_somebody_deletes_comes_back_with_all_that_was_on_it(world: World) -> None:
    plan = world.plan(SPEC)
    world.up(plan)
    made = {record.name for record in world.clouds.resources()}
    world.clouds.delete(world.clouds.find("OnlineDeployment:azure-eastus2-deployment"))
    world.clouds.delete(world.clouds.find("OnlineEndpoint:azure-eastus2-endpoint"))
    mended = {step.name for step in changing(world.up(plan, refresh=True).steps)}
    assert mended == {"azure-eastus2-endpoint", NAME}
    assert {record.name for record in world.clouds.resources()} == made
    assert exact(world.up(plan, refresh=True).steps) == []


def _failure(world: World, plan: Plan) -> ResourceFailure:
    with pytest.raises(ResourcesFailed) as raised:
        world.up(plan)
    (failure,) = raised.value.failures
    return failure


def _state(world: World) -> str:
    (deployment,) = world.clouds.resources(DEPLOYMENT)
    return str(deployment.outputs["properties"]["provisioningState"])
