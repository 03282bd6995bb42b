"""What CloudWatch tells of the target group of each version, or of its endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from llmdeploy.infra.fleet.endpoints import EndpointFacts
from llmdeploy.infra.fleet.facts import AwsVersionFacts, read_facts
from llmdeploy.infra.preflight.clouds.aws import Client
from llmdeploy.infra.preflight.clouds.aws_errors import asking
from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer
from llmdeploy.infra.rollout.clouds.aws_endpoints import endpoint_queries, endpoint_told
from llmdeploy.infra.rollout.clouds.aws_figures import told
from llmdeploy.infra.rollout.clouds.aws_metrics import (
    ANSWERED,
    BALANCER,
    BOUNDS,
    DURATION,
    FAILED,
    REQUESTS,
)
from llmdeploy.infra.rollout.clouds.minutes import MINUTE_S, Told

NAMESPACE: Final = "AWS/ApplicationELB"
ACTION: Final = "cloudwatch:GetMetricData"


class CloudWatchFigures:
    """See `minutes.Monitoring`.

    Args:
        client: makes a boto3 client of a service in a region.
    """

    soonest_s = MINUTE_S

    def __init__(self, client: Client) -> None:
        self._client = client
        self._balancers: dict[str, str] = {}

    def tell(
        self, location: str, versions: Sequence[Mapping[str, Any]], start: int, end: int
    ) -> Sequence[Told]:
        """See `minutes.Monitoring`. A target group that no load balancer sends to has no figures."""
        read = [read_facts(AwsVersionFacts, facts) for facts in versions]
        balanced = iter(self._balanced(location, [each for each in read if not each.endpoint], start, end))
        return [
            self._endpoint(location, each.endpoint, start, end) if each.endpoint else next(balanced)
            for each in read
        ]

    def _endpoint(self, location: str, facts: EndpointFacts, start: int, end: int) -> Told:
        figures = self._figures(location, list(endpoint_queries("v", facts)), start, end)
        return endpoint_told(figures, "v", facts, range(start, end, MINUTE_S))

    def _balanced(
        self, location: str, versions: Sequence[AwsVersionFacts], start: int, end: int
    ) -> Sequence[Told]:
        """Of instances behind the region's load balancer."""
        groups = [each.target_group for each in versions]
        checked = [each.checked_group for each in versions if each.checked_group]
        balancers = [self._balancer(location, group) for group in groups]
        queries = [
            query
            for index, (balancer, group) in enumerate(zip(balancers, groups, strict=True))
            if balancer
            for query in _of_version(f"v{index}", _named(balancer, group))
        ]
        if not queries:
            return [Told() for _ in groups]
        shared = next(filter(None, balancers))
        for index, group in enumerate(checked):
            queries += _counted(f"c{index}", _named(shared, group))
        queries += _of_balancer(_named(shared))
        figures = self._figures(location, queries, start, end)
        return told(figures, len(groups), len(checked), range(start, end, MINUTE_S))

    def _balancer(self, location: str, group: str) -> str:
        """Whose target group it is, as CloudWatch names it: the end of its ARN; empty when it is nobody's."""
        if not self._balancers.get(group):
            with asking("elasticloadbalancing:DescribeTargetGroups"):
                found = self._client("elbv2", location).describe_target_groups(TargetGroupArns=[group])
            arns = found["TargetGroups"][0].get("LoadBalancerArns", ())
            self._balancers[group] = arns[0].partition(":loadbalancer/")[2] if arns else ""
        return self._balancers[group]

    def _figures(
        self, location: str, queries: Sequence[Mapping[str, Any]], start: int, end: int
    ) -> dict[str, dict[int, float]]:
        """By query: minute → figure."""
        request = {
            "MetricDataQueries": list(queries),
            "StartTime": datetime.fromtimestamp(start, UTC),
            "EndTime": datetime.fromtimestamp(end, UTC),
            "ScanBy": "TimestampAscending",
        }
        found: dict[str, dict[int, float]] = {str(query["Id"]): {} for query in queries}
        while True:
            with asking(ACTION):
                page = self._client("cloudwatch", location).get_metric_data(**request)
            for row in page["MetricDataResults"]:
                _require_answer(row.get("StatusCode", "Complete"))
                times = (int(each.timestamp()) for each in row["Timestamps"])
                found[row["Id"]].update(zip(times, row["Values"], strict=True))
            if not page.get("NextToken"):
                return found
            request["NextToken"] = page["NextToken"]


def _named(balancer: str, group: str = "") -> list[dict[str, str]]:
    """The dimensions of a load balancer's metrics, or of those of one of its target groups."""
    found = [{"Name": "LoadBalancer", "Value": balancer}]
    if group:
        found.append({"Name": "TargetGroup", "Value": group.rpartition(":")[2]})
    return found


def _of_version(version: str, dimensions: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    yield from _counted(version, dimensions)
    yield _query(f"{version}_count", DURATION, "SampleCount", dimensions)
    yield _query(f"{version}_seconds", DURATION, "Sum", dimensions)
    for index, bound in enumerate(BOUNDS):
        # Trimmed count: how many were more than the one and at most the other.
        yield _query(f"{version}_within{index}", DURATION, f"TC(0:{bound:g})", dimensions)


def _counted(version: str, dimensions: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for metric in (REQUESTS, *ANSWERED, FAILED):
        yield _query(f"{version}_{metric}", metric, "Sum", dimensions)


def _of_balancer(dimensions: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    for metric in BALANCER:
        yield _query(f"all_{metric}", metric, "Sum", dimensions)


def _query(name: str, metric: str, statistic: str, dimensions: list[dict[str, str]]) -> dict[str, Any]:
    asked = {"Namespace": NAMESPACE, "MetricName": metric, "Dimensions": dimensions}
    return {"Id": name, "MetricStat": {"Metric": asked, "Period": MINUTE_S, "Stat": statistic}}


def _require_answer(status: str) -> None:
    if status == "Forbidden":
        raise Denied("aws", ACTION)
    if status == "InternalError":
        raise NoAnswer(ACTION, status)
