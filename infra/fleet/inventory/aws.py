"""Instances in AWS: of Auto Scaling groups, with what EC2 and the load balancer say of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from llmdeploy.infra.fleet.endpoints.aws import look_at
from llmdeploy.infra.fleet.facts import AwsFleetFacts, read_facts
from llmdeploy.infra.fleet.inventory.instances import IN_SERVICE, CloudInstance, Inventory, wanted_of
from llmdeploy.infra.preflight.clouds.aws import Client
from llmdeploy.infra.preflight.clouds.aws_errors import asking
from llmdeploy.infra.preflight.clouds.errors import CloudUnasked
from llmdeploy.serving.node.request import METRICS, NAMESPACE

_RECENT_S: Final = 300
"""Of the load, which nodes publish every 15 seconds (node/scripts/load.sh)."""
_IN_GROUP: Final = "InService"


class AwsInventory:
    """See `instances.InventoryClient`.

    Args:
        client: makes a boto3 client of a service in a region.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def inventory(self, location: str, facts: Mapping[str, Any], stack: str) -> Inventory:
        """The groups' instances; EC2 adds since when they run, the target group whether they serve."""
        where = read_facts(AwsFleetFacts, facts)
        if where.endpoint is not None:
            return look_at(self._client, location, where.endpoint).inventory(where.endpoint)
        groups = self._groups(location, where.groups)
        members = [member for group in groups for member in group["Instances"]]
        machines = self._machines(location, [member["InstanceId"] for member in members])
        targets = self._targets(location, where.target_group) if members else {}
        return Inventory(
            wanted=wanted_of([group["DesiredCapacity"] for group in groups]),
            instances=tuple(
                _instance(member, machines.get(member["InstanceId"], {}), targets) for member in members
            ),
            load=self._load(location, stack) if members else None,
        )

    def _groups(self, location: str, names: Sequence[str]) -> list[dict[str, Any]]:
        with asking("autoscaling:DescribeAutoScalingGroups"):
            found = self._client("autoscaling", location).describe_auto_scaling_groups(
                AutoScalingGroupNames=list(names)
            )
        return list(found["AutoScalingGroups"])

    def _machines(self, location: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        if not ids:
            return {}
        # As a filter: an id that has just gone is no error then.
        wanted = [{"Name": "instance-id", "Values": list(ids)}]
        with asking("ec2:DescribeInstances"):
            pages = self._client("ec2", location).get_paginator("describe_instances").paginate(Filters=wanted)
            return {
                each["InstanceId"]: each
                for page in pages
                for reservation in page["Reservations"]
                for each in reservation["Instances"]
            }

    def _targets(self, location: str, target_group: str) -> dict[str, str]:
        with asking("elasticloadbalancing:DescribeTargetHealth"):
            found = self._client("elbv2", location).describe_target_health(TargetGroupArn=target_group)
        return {
            each["Target"]["Id"]: each["TargetHealth"]["State"] for each in found["TargetHealthDescriptions"]
        }

    def _load(self, location: str, stack: str) -> float | None:
        """Good to know, and nothing more: without the permission it is left out."""
        now = datetime.now(UTC)
        with suppress(CloudUnasked), asking("cloudwatch:GetMetricStatistics"):
            points = self._client("cloudwatch", location).get_metric_statistics(
                Namespace=NAMESPACE,
                MetricName=METRICS["aws"],
                Dimensions=[{"Name": "Stack", "Value": stack}],
                StartTime=now - timedelta(seconds=_RECENT_S),
                EndTime=now,
                Period=_RECENT_S,
                Statistics=["Average"],
            )["Datapoints"]
            return float(points[-1]["Average"]) if points else None
        return None


def _instance(
    member: Mapping[str, Any], machine: Mapping[str, Any], targets: Mapping[str, str]
) -> CloudInstance:
    launched = machine.get("LaunchTime")
    return CloudInstance(
        id=member["InstanceId"],
        zone=member["AvailabilityZone"],
        type=member.get("InstanceType") or machine.get("InstanceType", ""),
        purchase="spot" if machine.get("InstanceLifecycle") == "spot" else "on-demand",
        state=_state(member["LifecycleState"], targets.get(member["InstanceId"])),
        launched=launched.timestamp() if launched else None,
    )


def _state(in_group: str, target: str | None) -> str:
    if in_group != _IN_GROUP:
        return in_group.lower()
    return IN_SERVICE if target == "healthy" else target or "no target yet"
