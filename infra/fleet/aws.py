"""Fleets in AWS: Auto Scaling groups, the targets of load balancers, and the gateways' ECS service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from llmdeploy.infra.fleet.client import FleetLook, VersionLook
from llmdeploy.infra.fleet.endpoints.aws import look_at
from llmdeploy.infra.fleet.facts import AwsFleetFacts, AwsVersionFacts, read_facts
from llmdeploy.infra.fleet.refusal import Refusal, read_refusal
from llmdeploy.infra.preflight.clouds.aws import Client
from llmdeploy.infra.preflight.clouds.aws_errors import asking

_RECENT: Final = 20
"""Scaling activities that are looked at, the newest first; a group without capacity tries every minute or
so, in one zone after the other."""
_ENDED: Final = frozenset({"Failed", "Successful"})
_STOPPING: Final = ("Terminat", "Detach", "Standby")


class AwsFleets:
    """See `client.FleetClient`.

    Args:
        client: makes a boto3 client of a service in a region.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        """The groups and the health of their targets; where instances are missing, also why."""
        where = read_facts(AwsFleetFacts, facts)
        own = self._version(location, where)
        gateways = where.gateway_target_group
        service = self._service_trouble(location, where.gateway_service) if where.gateway_service else ()
        return FleetLook(
            launched=own.launched,
            healthy=own.healthy,
            gateways_healthy=_healthy(self._targets(location, gateways)) if gateways else None,
            refusal=own.refusal,
            trouble="; ".join(filter(None, (own.trouble, *service))),
            beside=self._version(location, where.beside) if where.beside else None,
        )

    def _version(self, location: str, where: AwsVersionFacts) -> VersionLook:
        if where.endpoint is not None:
            return look_at(self._client, location, where.endpoint).version
        groups = self._groups(location, where.groups)
        targets = self._targets(location, where.target_group)
        missing = (f"there is no Auto Scaling group {name}" for name in where.groups if name not in groups)
        return VersionLook(
            launched=sum(_launched(group) for group in groups.values()),
            healthy=_healthy(targets),
            refusal=self._refusal(location, groups),
            trouble="; ".join((*missing, *_unhealthy(targets))),
        )

    def _groups(self, location: str, names: Sequence[str]) -> dict[str, dict[str, Any]]:
        with asking("autoscaling:DescribeAutoScalingGroups"):
            found = self._client("autoscaling", location).describe_auto_scaling_groups(
                AutoScalingGroupNames=list(names)
            )
        groups = {group["AutoScalingGroupName"]: group for group in found["AutoScalingGroups"]}
        return {name: groups[name] for name in names if name in groups}

    def _targets(self, location: str, target_group: str) -> list[dict[str, Any]]:
        with asking("elasticloadbalancing:DescribeTargetHealth"):
            found = self._client("elbv2", location).describe_target_health(TargetGroupArn=target_group)
        return [each["TargetHealth"] for each in found["TargetHealthDescriptions"]]

    def _refusal(self, location: str, groups: Mapping[str, Mapping[str, Any]]) -> Refusal | None:
        """Of the last group that is refused one: what the fallback is refused too is what is missing."""
        for name in reversed(list(groups)):
            missing = _launched(groups[name]) < groups[name]["DesiredCapacity"]
            if missing and (found := self._refused(location, name)):
                return found
        return None

    def _refused(self, location: str, group: str) -> Refusal | None:
        with asking("autoscaling:DescribeScalingActivities"):
            found = self._client("autoscaling", location).describe_scaling_activities(
                AutoScalingGroupName=group, MaxRecords=_RECENT
            )
        launches = (
            each
            for each in found["Activities"]
            if each["StatusCode"] in _ENDED and each.get("Description", "").startswith("Launching")
        )
        newest = next(launches, None)
        if newest is None or newest["StatusCode"] != "Failed":
            return None
        return read_refusal(newest.get("StatusMessage", ""))

    def _service_trouble(self, location: str, service: str) -> Iterator[str]:
        cluster = service.split("/")[1]
        with asking("ecs:DescribeServices"):
            found = self._client("ecs", location).describe_services(cluster=cluster, services=[service])
        for each in found["services"]:
            missing = each["runningCount"] < each["desiredCount"]
            unable = (event["message"] for event in each.get("events", ()) if "unable" in event["message"])
            if missing and (message := next(unable, "")):
                yield f"gateways: {read_refusal(message)}"


def _launched(group: Mapping[str, Any]) -> int:
    return sum(not each["LifecycleState"].startswith(_STOPPING) for each in group["Instances"])


def _healthy(targets: Sequence[Mapping[str, Any]]) -> int:
    return sum(each["State"] == "healthy" for each in targets)


def _unhealthy(targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    reasons = Counter(each.get("Reason", "") for each in targets if each["State"] == "unhealthy")
    for reason, count in reasons.items():
        # The cloud's own code says the most: Target.Timeout, Target.FailedHealthChecks.
        yield f"{count} replica{'s' * (count != 1)} failed the load balancer's check ({reason})"
