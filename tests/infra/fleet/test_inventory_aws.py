"""The instances of AWS's fleets, through real boto3 clients with botocore's Stubber."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import ANY, Stubber
from tests.infra.fleet.test_aws import FACTS, group, plain_client

from llmdeploy.infra.fleet.facts import FactsUnusable
from llmdeploy.infra.fleet.inventory import CloudInstance, Inventory
from llmdeploy.infra.fleet.inventory.aws import AwsInventory
from llmdeploy.infra.preflight.clouds.errors import Denied

LAUNCHED = datetime(2026, 11, 24, 8, tzinfo=UTC)


@pytest.fixture
def stubs() -> Iterator[dict[str, Stubber]]:
    """One a service; every answer must be asked for."""
    services = ("autoscaling", "elbv2", "ec2", "cloudwatch")
    made = {name: Stubber(plain_client(name, "us-east-1")) for name in services}
    for stub in made.values():
        stub.activate()
    yield made
    for stub in made.values():
        stub.assert_no_pending_responses()


def inventory(stubs: dict[str, Stubber]) -> Inventory:
    client = AwsInventory(lambda service, region: stubs[service].client)
    return client.inventory("us-east-1", FACTS, "chat")


def say_groups(stubs: dict[str, Stubber], *groups: dict[str, Any]) -> None:
    stubs["autoscaling"].add_response(
        "describe_auto_scaling_groups",
        {"AutoScalingGroups": list(groups)},
        {"AutoScalingGroupNames": ["fleet", "fallback"]},
    )


def say_machines(stubs: dict[str, Stubber], *machines: dict[str, Any]) -> None:
    ids = [each["InstanceId"] for each in machines]
    stubs["ec2"].add_response(
        "describe_instances",
        {"Reservations": [{"Instances": [machine]} for machine in machines]},
        {"Filters": [{"Name": "instance-id", "Values": ids}]},
    )


def say_targets(stubs: dict[str, Stubber], **states: str) -> None:
    rows = [
        {"Target": {"Id": name.replace("_", "-"), "Port": 8000}, "TargetHealth": {"State": state}}
        for name, state in states.items()
    ]
    stubs["elbv2"].add_response(
        "describe_target_health",
        {"TargetHealthDescriptions": rows},
        {"TargetGroupArn": FACTS["target_group"]},
    )


def say_load(stubs: dict[str, Stubber], *averages: float) -> None:
    stubs["cloudwatch"].add_response(
        "get_metric_statistics",
        {"Datapoints": [{"Average": average} for average in averages]},
        {
            "Namespace": "LLMDeploy",
            "MetricName": "ReplicaLoad",
            "Dimensions": [{"Name": "Stack", "Value": "chat"}],
            "StartTime": ANY,
            "EndTime": ANY,
            "Period": 300,
            "Statistics": ["Average"],
        },
    )


def machine(name: str, **more: Any) -> dict[str, Any]:
    return {"InstanceId": name, "InstanceType": "g6.xlarge", "LaunchTime": LAUNCHED, **more}


def instance(name: str, state: str, **more: Any) -> CloudInstance:
    known = {"zone": "us-east-1a", "type": "g6.xlarge", "purchase": "on-demand"}
    return CloudInstance(**{"id": name, "state": state, "launched": LAUNCHED.timestamp(), **known, **more})


def test_each_instance_by_itself(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 3, "InService", "InService", "Pending:Wait"), group("fallback", 0))
    say_machines(
        stubs, machine("i-fleet-0", InstanceLifecycle="spot"), machine("i-fleet-1"), machine("i-fleet-2")
    )
    say_targets(stubs, i_fleet_0="healthy", i_fleet_1="initial")
    say_load(stubs, 0.62)
    assert inventory(stubs) == Inventory(
        wanted=3,
        instances=(
            instance("i-fleet-0", "in service", purchase="spot"),
            instance("i-fleet-1", "initial"),
            instance("i-fleet-2", "pending:wait"),
        ),
        load=0.62,
    )


def test_a_fallback_that_stands_in_is_not_wanted_twice(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 2, "InService"), group("fallback", 1, "InService"))
    say_machines(stubs, machine("i-fleet-0"), machine("i-fallback-0"))
    say_targets(stubs, i_fleet_0="healthy", i_fallback_0="healthy")
    say_load(stubs)
    found = inventory(stubs)
    assert (found.wanted, sum(each.serves for each in found.instances), found.load) == (2, 2, None)


def test_a_machine_that_has_just_gone_is_no_error(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 1, "Terminating"), group("fallback", 0))
    stubs["ec2"].add_response("describe_instances", {"Reservations": []}, {"Filters": ANY})
    say_targets(stubs)
    say_load(stubs)
    (gone,) = inventory(stubs).instances
    assert (gone.state, gone.launched, gone.type) == ("terminating", None, "")


def test_an_empty_fleet_is_one_question(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 0), group("fallback", 0))
    assert inventory(stubs) == Inventory(0, ())


def test_without_the_permission_there_is_no_load(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 1, "InService"), group("fallback", 0))
    say_machines(stubs, machine("i-fleet-0"))
    say_targets(stubs, i_fleet_0="healthy")
    stubs["cloudwatch"].add_client_error("get_metric_statistics", "AccessDenied", http_status_code=403)
    assert inventory(stubs) == Inventory(1, (instance("i-fleet-0", "in service"),))


def test_without_the_permission_for_instances(stubs: dict[str, Stubber]) -> None:
    say_groups(stubs, group("fleet", 1, "InService"), group("fallback", 0))
    stubs["ec2"].add_client_error("describe_instances", "UnauthorizedOperation", http_status_code=403)
    with pytest.raises(Denied, match="ec2:DescribeInstances"):
        inventory(stubs)


def test_facts_without_groups() -> None:
    with pytest.raises(FactsUnusable, match="groups, target_group"):
        AwsInventory(lambda service, region: None).inventory("us-east-1", {}, "chat")
