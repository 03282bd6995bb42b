"""What goes wrong in the simulated clouds, and how it looks to those who use the engine."""

from __future__ import annotations

import time

import pytest
from tests.infra.simulate.laboratory import Laboratory
from tests.infra.simulate.programs import aws_program
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.errors import ResourcesFailed
from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.faults import Fault, Faults
from llmdeploy.infra.simulate.fleet.launch import settle_all
from llmdeploy.infra.simulate.topology import topology


@pytest.mark.engine
def test_faults_under_the_engine(world: World) -> None:
    clouds = world.clouds
    clouds.add_fault(Fault("capacity", type="g6e.12xlarge", zone="us-east-1a"))
    clouds.add_fault(Fault("throttle", type="Vpc", times=2))
    clouds.add_fault(Fault("late", type="Vpc", seconds=0.5))
    broken = clouds.add_fault(Fault("fail", type="LoadBalancer", name="front", times=1))
    with world.runner() as runner:
        with pytest.raises(ResourcesFailed) as failed:
            runner.up(STACK, aws_program())
        assert [(each.name, each.message) for each in failed.value.failures] == [
            ("front", "InternalError: An internal error has occurred. (A fault of the simulation.)")
        ]
        assert broken not in dict(clouds.faults())

        runner.up(STACK, aws_program())
        group = topology(clouds).groups[0]
        assert [instance.zone for instance in group.instances] == ["us-east-1b", "us-east-1b"]
        assert group.message == ""

        clouds.add_fault(Fault("capacity", type="g6e.12xlarge", region="us-east-1"))
        runner.up(STACK, aws_program(desired=3))
        group = topology(clouds).groups[0]
        assert (group.wanted, len(group.instances)) == (3, 2)
        assert group.message.startswith("Could not launch On-Demand Instances. InsufficientInstanceCapacity")

        with pytest.raises(ResourcesFailed, match=r"capacity satisfied: 2 of 3: Could not launch"):
            runner.up(STACK, aws_program(desired=3, wait="10m"))

        clouds.clear_faults()
        assert len(topology(clouds).groups[0].instances) == 3
        runner.destroy(STACK)
        assert not clouds.resources()


@pytest.fixture
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Laboratory:
    made = Laboratory(tmp_path_factory.mktemp("clouds"))
    made.make("vpc", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    for index, zone in enumerate(("us-east-1a", "us-east-1b")):
        block = f"10.0.{16 * index}.0/20"
        inputs = {"vpcId": "${vpc.id}", "cidrBlock": block, "availabilityZone": zone}
        made.make(zone[-1], "aws:ec2/subnet:Subnet", inputs)
    made.make(
        "template", "aws:ec2/launchTemplate:LaunchTemplate", {"name": "t", "instanceType": "g6e.12xlarge"}
    )
    return made


def _fleet(laboratory: Laboratory, count: int, name: str = "fleet") -> list[str]:
    laboratory.make(
        name,
        "aws:autoscaling/group:Group",
        {
            "name": name,
            "minSize": count,
            "maxSize": count,
            "vpcZoneIdentifiers": ["${a.id}", "${b.id}"],
            "launchTemplate": {"id": "${template.id}", "version": "1"},
            "waitForCapacityTimeout": "0",
        },
    )
    return _zones(laboratory, name)


def _zones(laboratory: Laboratory, name: str) -> list[str]:
    return [instance.zone[-1] for instance in laboratory.store.instances(laboratory.made[name].number)]


def test_instances_are_spread_over_zones_and_end_with_their_group(laboratory: Laboratory) -> None:
    assert _fleet(laboratory, 4) == ["a", "b", "a", "b"]
    laboratory.delete("fleet")
    assert laboratory.store.instances() == []


def test_a_quota_counts_what_all_groups_of_the_region_use(laboratory: Laboratory) -> None:
    # A g6e.12xlarge has 48 vCPUs.
    number = Faults(laboratory.store).add(Fault("quota", type="L-DB2E81BA", region="us-east-1", limit=100))
    assert _fleet(laboratory, 1, "first") == ["a"]
    assert _fleet(laboratory, 2, "second") == ["a"]
    (lack,) = laboratory.store.shortages()
    assert "current vCPU limit of 100 allows" in lack.message
    laboratory.delete("first")
    settle_all(laboratory.store)
    assert len(_zones(laboratory, "second")) == 2
    assert Faults(laboratory.store).clear(number) == 1


def test_a_quota_of_another_kind_or_region_does_not_matter(laboratory: Laboratory) -> None:
    for fault in (Fault("quota", type="L-417A185B"), Fault("quota", type="L-DB2E81BA", region="eu-west-1")):
        Faults(laboratory.store).add(fault)
    assert len(_fleet(laboratory, 2)) == 2


def test_a_slow_create_ends_at_the_programs_timeout(laboratory: Laboratory) -> None:
    Faults(laboratory.store).add(Fault("slow", type="Vpc", seconds=30))
    began = time.monotonic()
    with pytest.raises(CloudError, match=r"timeout while waiting .*pending.*timeout: 0.2s"):
        laboratory.make("late", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.1.0.0/16"}, timeout_s=0.2)
    assert time.monotonic() - began < 5
    assert len(laboratory.store.of("aws:ec2/vpc:Vpc")) == 1


def test_throttling_is_tried_again_and_told(laboratory: Laboratory) -> None:
    Faults(laboratory.store).add(Fault("throttle", type="Vpc", times=2))
    laboratory.make("other", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.1.0.0/16"})
    assert laboratory.told == [
        "Throttling: Rate exceeded; attempt 1, again in 0.05 s",
        "Throttling: Rate exceeded; attempt 2, again in 0.1 s",
    ]
    assert Faults(laboratory.store).all() == []


def test_what_was_just_made_is_not_seen_at_once(laboratory: Laboratory) -> None:
    Faults(laboratory.store).add(Fault("late", seconds=0.6))
    fresh = laboratory.make("fresh", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.1.0.0/16"})
    cloud = laboratory.cloud(fresh.token)
    assert cloud.find(fresh.token, fresh.urn, fresh.id) is None
    laboratory.make("inside", "aws:ec2/subnet:Subnet", {"vpcId": "${fresh.id}", "cidrBlock": "10.1.0.0/24"})
    assert "InvalidVpcID.NotFound: not seen yet, trying again" in laboratory.told
    assert cloud.find(fresh.token, fresh.urn, fresh.id) is not None


def test_what_is_used_is_not_deleted(laboratory: Laboratory) -> None:
    with pytest.raises(
        CloudError, match=r"deleting Vpc \(vpc-\w+\): api error DependencyViolation: The vpc 'vpc-"
    ):
        laboratory.delete("vpc")
    _fleet(laboratory, 1)
    with pytest.raises(CloudError, match="DependencyViolation: The subnet"):
        laboratory.delete("a")
    laboratory.delete("fleet")
    laboratory.delete("a")
