"""AWS through real boto3 clients: moto where it is right, botocore's Stubber for what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws
from tests.infra.fleet.world import NO_CAPACITY, plain_client

from llmdeploy.infra.fleet.aws import AwsFleets
from llmdeploy.infra.fleet.client import FleetLook
from llmdeploy.infra.preflight.clouds.errors import CloudUnasked, Denied, NoAnswer

FACTS = {
    "groups": ["fleet", "fallback"],
    "target_group": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/fleet/1",
    "gateway_target_group": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/entry/2",
}
SERVICE = "arn:aws:ecs:us-east-1:1:service/gateways/gateway"
NOW = datetime(2026, 11, 24, tzinfo=UTC)
REFUSED = (
    f"Could not launch Spot Instances. {NO_CAPACITY.code} - {NO_CAPACITY.text} Launching EC2 instance failed."
)


@pytest.fixture
def stubs() -> Iterator[dict[str, Stubber]]:
    """One a service; every answer must be asked for."""
    made = {name: Stubber(plain_client(name, "us-east-1")) for name in ("autoscaling", "elbv2", "ecs")}
    for stub in made.values():
        stub.activate()
    yield made
    for stub in made.values():
        stub.assert_no_pending_responses()


def fleets(stubs: dict[str, Stubber]) -> AwsFleets:
    return AwsFleets(lambda service, region: stubs[service].client)


def group(name: str, desired: int, *states: str) -> dict[str, Any]:
    instances = [
        {
            "InstanceId": f"i-{name}-{index}",
            "AvailabilityZone": "us-east-1a",
            "LifecycleState": state,
            "HealthStatus": "Healthy",
            "ProtectedFromScaleIn": False,
        }
        for index, state in enumerate(states)
    ]
    return {
        "AutoScalingGroupName": name,
        "MinSize": 0,
        "MaxSize": 4,
        "DesiredCapacity": desired,
        "DefaultCooldown": 0,
        "AvailabilityZones": ["us-east-1a"],
        "HealthCheckType": "ELB",
        "CreatedTime": NOW,
        "Instances": instances,
    }


def activity(
    status: str, message: str = "", description: str = "Launching a new EC2 instance"
) -> dict[str, Any]:
    return {
        "ActivityId": "1",
        "AutoScalingGroupName": "fleet",
        "Cause": "because",
        "StartTime": NOW - timedelta(minutes=1),
        "StatusCode": status,
        **({"StatusMessage": message} if message else {}),
        "Description": description,
    }


def say_groups(stubs: dict[str, Stubber], *groups: dict[str, Any]) -> None:
    stubs["autoscaling"].add_response(
        "describe_auto_scaling_groups",
        {"AutoScalingGroups": list(groups)},
        {"AutoScalingGroupNames": ["fleet", "fallback"]},
    )


def say_targets(stubs: dict[str, Stubber], key: str, *states: str, reason: str = "") -> None:
    rows = [
        {
            "Target": {"Id": f"i-{index}", "Port": 8000},
            "TargetHealth": {"State": state, **({"Reason": reason} if state == "unhealthy" else {})},
        }
        for index, state in enumerate(states)
    ]
    stubs["elbv2"].add_response(
        "describe_target_health", {"TargetHealthDescriptions": rows}, {"TargetGroupArn": FACTS[key]}
    )


def say_activities(stubs: dict[str, Stubber], name: str, *activities: dict[str, Any]) -> None:
    stubs["autoscaling"].add_response(
        "describe_scaling_activities",
        {"Activities": list(activities)},
        {"AutoScalingGroupName": name, "MaxRecords": ANY},
    )


def test_a_fleet_that_is_up(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fallback", 0), group("fleet", 2, "InService", "InService"))
    say_targets(stubs, "target_group", "healthy", "healthy")
    say_targets(stubs, "gateway_target_group", "healthy", "healthy")
    assert fleets(stubs).look("us-east-1", FACTS) == FleetLook(2, 2, 2)


def test_instances_on_their_way_out_do_not_count(stubs: dict[str, Stubber]) -> None:
    say_groups(
        stubs, group("fleet", 2, "InService", "Pending:Wait", "Terminating:Wait"), group("fallback", 0)
    )
    say_targets(stubs, "target_group", "healthy", "initial", "draining")
    say_targets(stubs, "gateway_target_group", "initial")
    assert fleets(stubs).look("us-east-1", FACTS) == FleetLook(2, 1, 0)


def test_the_last_launch_that_ended_says_why(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 2, "InService"), group("fallback", 0))
    say_targets(stubs, "target_group", "healthy")
    say_targets(stubs, "gateway_target_group", "healthy", "healthy")
    say_activities(
        stubs,
        "fleet",
        activity("PreInService"),
        activity("Successful", description="Terminating EC2 instance: i-1"),
        activity("Failed", REFUSED),
        activity("Failed", "Could not launch Spot Instances. VcpuLimitExceeded - an older one"),
    )
    found = fleets(stubs).look("us-east-1", FACTS)
    assert found == FleetLook(1, 1, 2, NO_CAPACITY)


def test_a_refusal_before_a_launch_that_went_well_is_history(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 2, "InService"), group("fallback", 0))
    say_targets(stubs, "target_group", "healthy")
    say_targets(stubs, "gateway_target_group", "healthy", "healthy")
    say_activities(stubs, "fleet", activity("Successful"), activity("Failed", REFUSED))
    assert fleets(stubs).look("us-east-1", FACTS).refusal is None


def test_what_the_fallback_is_refused_counts_first(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 2, "InService"), group("fallback", 1))
    say_targets(stubs, "target_group", "healthy")
    say_targets(stubs, "gateway_target_group", "healthy", "healthy")
    say_activities(
        stubs,
        "fallback",
        activity("Failed", "Could not launch On-Demand Instances. VcpuLimitExceeded - limit of 0"),
    )
    refusal = fleets(stubs).look("us-east-1", FACTS).refusal
    assert str(refusal) == "VcpuLimitExceeded: limit of 0"


def test_what_is_wrong_with_what_was_launched(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 2, "InService", "InService"))
    say_targets(stubs, "target_group", "unhealthy", "unhealthy", reason="Target.Timeout")
    say_targets(stubs, "gateway_target_group")
    unable = "(service gateway) was unable to place a task. Reason: Capacity is unavailable at this time."
    stubs["ecs"].add_response(
        "describe_services",
        {"services": [{"runningCount": 0, "desiredCount": 2, "events": [{"message": unable}]}]},
        {"cluster": "gateways", "services": [SERVICE]},
    )
    found = fleets(stubs).look("us-east-1", {**FACTS, "gateway_service": SERVICE})
    assert found.trouble == (
        "there is no Auto Scaling group fallback; "
        "2 replicas failed the load balancer's check (Target.Timeout); "
        f"gateways: {unable}"
    )


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDenied", Denied), ("Throttling", NoAnswer), ("ValidationError", NoAnswer)]
)
def test_errors_are_ours(stubs: dict[str, Stubber], code: str, kind: type[CloudUnasked]) -> None:
    stubs["autoscaling"].add_client_error("describe_auto_scaling_groups", code, "canary of a message")
    with pytest.raises(kind) as refused:
        fleets(stubs).look("us-east-1", FACTS)
    assert "canary" not in str(refused.value)
    assert "autoscaling:DescribeAutoScalingGroups" in str(refused.value)


@mock_aws
def test_moto_has_the_same_shapes() -> None:
    """A group behind a target group, made through AWS's own API."""
    ec2, balancing = plain_client("ec2", "us-east-1"), plain_client("elbv2", "us-east-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/20", AvailabilityZone="us-east-1a")["Subnet"]
    ec2.create_launch_template(
        LaunchTemplateName="node", LaunchTemplateData={"ImageId": "ami-12c6146b", "InstanceType": "g6.xlarge"}
    )
    arns = [
        balancing.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0][
            "TargetGroupArn"
        ]
        for name in ("fleet", "entry")
    ]
    plain_client("autoscaling", "us-east-1").create_auto_scaling_group(
        AutoScalingGroupName="fleet",
        LaunchTemplate={"LaunchTemplateName": "node", "Version": "1"},
        MinSize=2,
        MaxSize=2,
        VPCZoneIdentifier=subnet["SubnetId"],
        TargetGroupARNs=arns[:1],
    )
    facts = {"groups": ["fleet"], "target_group": arns[0], "gateway_target_group": arns[1]}
    found = AwsFleets(plain_client).look("us-east-1", facts)
    # A target group that no listener uses has targets in the state "unused".
    assert (found.launched, found.gateways_healthy, found.refusal, found.trouble) == (2, 0, None, "")
