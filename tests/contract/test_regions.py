"""A region that cannot be had keeps back no other, and is taken up when it can."""

from __future__ import annotations

import pytest
from tests.contract.steps import changing, exact
from tests.contract.world import World

from llmdeploy.infra.errors import ResourcesFailed
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.serving.plan.model import Plan

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SPEC = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
hardware: {{gpu: l4, count: 1}}
regions: [{regions}]
"""
G_QUOTA = "L-DB2E81BA"
"""vCPUs of running on-demand G and VT instances."""
WAYS_THERE = {"aws-global-us-east-1", "gcp-peers-aws-us-east-1"}
"""What others have of a region: its place behind the accelerator, and where they ask it."""
DRAWN_HERE = {"api-key", "peer-key", "aws-certificate", "gcp-certificate"}
"""Resources that are in no cloud."""


def test_regions_without_instances_do_not_fail_the_deployment(world: World) -> None:
    plan = world.plan(SPEC.format(regions="aws/us-east-1, gcp/europe-west4"))
    world.clouds.add_fault(Fault("quota", type=G_QUOTA, region="us-east-1", limit=0))
    world.clouds.add_fault(Fault("capacity", type="g2-standard-4", region="europe-west4"))
    world.up(plan)
    assert _short(world) == {"aws-us-east-1-fleet", "gcp-europe-west4-pool-group"}
    assert exact(world.up(plan, refresh=True).steps) == []

    world.clouds.clear_faults()
    assert _short(world) == set()
    assert len(world.clouds.instances(world.clouds.find("Group:aws-us-east-1-fleet"))) == 1


def test_the_next_up_goes_on_where_a_region_failed(world: World) -> None:
    plan = world.plan(SPEC.format(regions="aws/us-east-1, aws/us-west-2, gcp/europe-west4"))
    missing = _fail(world, plan, Fault("fail", type="LoadBalancer", name="aws-us-west-2-fleet"))
    assert {step.name for step in changing(world.up(plan, refresh=True).steps)} >= missing
    assert exact(world.up(plan, refresh=True).steps) == []


def test_what_fails_in_a_region_fails_there_alone(world: World) -> None:
    plan = world.plan(SPEC.format(regions="aws/us-east-1, gcp/europe-west4"))
    # The one fails before anything of the other is there.
    world.clouds.add_fault(Fault("slow", type="RegionHealthCheck", seconds=3))
    missing = _fail(world, plan, Fault("fail", type="Vpc", name="aws-us-east-1-vpc"))
    assert {name for name in missing if not name.startswith("aws-us-east-1")} == WAYS_THERE
    assert world.pins.zones


def _fail(world: World, plan: Plan, fault: Fault) -> set[str]:
    """An `up` in which a resource fails; names of those that are not there after it."""
    wanted = {step.name for step in changing(world.preview(plan).steps)}
    number = world.clouds.add_fault(fault)
    with pytest.raises(ResourcesFailed) as raised:
        world.up(plan)
    assert raised.value.exit_code == 3
    assert [failure.name for failure in raised.value.failures] == [fault.name]
    world.clouds.clear_faults(number)
    return wanted - {record.name for record in world.clouds.resources()} - DRAWN_HERE


def _short(world: World) -> set[str]:
    """The groups that have fewer instances than they want."""
    short = {shortage.group for shortage in world.clouds.shortages()}
    return {record.name for record in world.clouds.resources() if record.number in short}
