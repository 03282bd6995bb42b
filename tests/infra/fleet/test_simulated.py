"""The simulated clouds, whose instances come and go with the capacity and the quotas that they are given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.infra.fleet.world import AWS, GCP, TWO, make_plan
from tests.infra.simulate.laboratory import Laboratory

from llmdeploy.infra.fleet import RegionFleet, simulated_fleets, watch_fleets
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.fleet.launch import settle_all

PLAN = make_plan(TWO)
FACTS: dict[str, dict[str, Any]] = {AWS: {"groups": ["fleet"]}, GCP: {"groups": ["fleet"], "project": "acme"}}
MANAGER = "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager"


@pytest.fixture
def laboratory(tmp_path: Path) -> Laboratory:
    """A fleet of two in each cloud; and gateways, two in Google's and none in Amazon's."""
    made = Laboratory(tmp_path)
    made.make("vpc", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    block = {"cidrBlock": "10.0.0.0/20", "availabilityZone": "us-east-1a"}
    made.make("subnet", "aws:ec2/subnet:Subnet", {"vpcId": "${vpc.id}", **block})
    template = {"name": "node", "instanceType": "g6.xlarge"}
    made.make("template", "aws:ec2/launchTemplate:LaunchTemplate", template)
    group = {
        "name": "fleet",
        "minSize": 2,
        "maxSize": 4,
        "vpcZoneIdentifiers": ["${subnet.id}"],
        "launchTemplate": {"id": "${template.id}", "version": "1"},
        "waitForCapacityTimeout": "0",
    }
    made.make("asg", "aws:autoscaling/group:Group", group)
    for name, machine in (("fleet", "g2-standard-4"), ("gateways", "e2-standard-2")):
        template = {
            "name": name,
            "region": "europe-west4",
            "machineType": machine,
            "disks": [{"boot": True, "sourceImage": "projects/debian-cloud/global/images/family/debian-12"}],
            "networkInterfaces": [{"network": "default"}],
            "scheduling": {"onHostMaintenance": "TERMINATE", "automaticRestart": True},
        }
        made.make(f"{name}_node", "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate", template)
        manager = {
            "name": name,
            "region": "europe-west4",
            "baseInstanceName": name,
            "versions": [{"instanceTemplate": f"${{{name}_node.selfLink}}"}],
            "targetSize": 2,
        }
        made.make(name, MANAGER, manager)
    return made


def watch(laboratory: Laboratory, folder: Path) -> tuple[RegionFleet, ...]:
    settle_all(laboratory.store)
    return watch_fleets(simulated_fleets(folder), PLAN, {"regions": FACTS})


def test_instances_are_healthy_at_once(laboratory: Laboratory, tmp_path: Path) -> None:
    aws, gcp = watch(laboratory, tmp_path)
    assert gcp == RegionFleet(GCP, "up", 2, 2, 2, 2, 2)
    assert (aws.launched, aws.healthy, aws.gateways_healthy) == (2, 2, 0)


def test_no_capacity_in_one_region_and_a_quota_in_the_other(laboratory: Laboratory, tmp_path: Path) -> None:
    clouds = SimulatedClouds(tmp_path)
    clouds.add_fault(Fault("capacity", type="g6.xlarge", region="us-east-1"))
    clouds.add_fault(Fault("quota", type="NVIDIA_L4_GPUS", limit=1))
    for instance in clouds.instances():
        clouds.end_instance(instance.id)
    aws, gcp = watch(laboratory, tmp_path)
    assert (aws.state, aws.launched, aws.healthy) == ("down", 0, 0)
    assert aws.why == (
        "InsufficientInstanceCapacity: We currently do not have sufficient g6.xlarge capacity in the "
        "Availability Zone you requested (us-east-1a)."
    )
    assert (gcp.state, gcp.launched, gcp.healthy) == ("short", 1, 1)
    assert gcp.why == ("QUOTA_EXCEEDED: Quota 'NVIDIA_L4_GPUS' exceeded. Limit: 1.0 in region europe-west4.")
    assert "--project=acme" in gcp.command

    clouds.clear_faults()
    assert watch(laboratory, tmp_path)[1].state == "up"


def test_a_simulation_that_has_not_begun(tmp_path: Path) -> None:
    fleets = watch_fleets(simulated_fleets(tmp_path), PLAN, {"regions": FACTS})
    assert {each.state for each in fleets} == {"down"}
    assert not any(tmp_path.iterdir())
