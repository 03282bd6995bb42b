"""AWS quotas: the value, what is in use, and what has been asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from llmdeploy.infra.preflight.clouds.aws_errors import asking
from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer
from llmdeploy.infra.preflight.clouds.protocol import Quota, QuotaName

_PERIOD_S: Final = 300
"""CloudWatch's AWS/Usage metrics come every five minutes."""
_LOOK_BACK: Final = timedelta(hours=1)
_LISTINGS: Final = (
    ("list_service_quotas", "servicequotas:ListServiceQuotas"),
    ("list_aws_default_service_quotas", "servicequotas:ListAWSDefaultServiceQuotas"),
)
_OPEN: Final = frozenset({"PENDING", "CASE_OPENED"})


def quota(client: Callable[[str, str], Any], location: str, name: QuotaName) -> Quota | None:
    """A quota of a region; None where AWS knows no such code or title."""
    described = _described(client("service-quotas", location), name)
    if described is None:
        return None
    name = replace(name, code=name.code or described["QuotaCode"])
    return Quota(
        value=described["Value"],
        usage=_usage(client, location, name, described.get("UsageMetric") or {}),
        pending=_pending(client("service-quotas", location), name),
    )


def _described(quotas: Any, name: QuotaName) -> Any:
    """The applied quota; a quota that was never changed has only AWS's default."""
    missing = quotas.exceptions.NoSuchResourceException
    if not name.code:
        return _titled(quotas, name)
    wanted = {"ServiceCode": name.service, "QuotaCode": name.code}
    with asking("servicequotas:GetServiceQuota"):
        try:
            return quotas.get_service_quota(**wanted)["Quota"]
        except missing:
            pass
    with asking("servicequotas:GetAWSDefaultServiceQuota"):
        try:
            return quotas.get_aws_default_service_quota(**wanted)["Quota"]
        except missing:
            return None


def _titled(quotas: Any, name: QuotaName) -> Any:
    """By its title: the applied one, or AWS's default."""
    for operation, action in _LISTINGS:
        with asking(action):
            pages = quotas.get_paginator(operation).paginate(ServiceCode=name.service)
            for page in pages:
                for each in page["Quotas"]:
                    if each["QuotaName"] == name.title:
                        return each
    return None


def _usage(
    client: Callable[[str, str], Any], location: str, name: QuotaName, metric: Mapping[str, Any]
) -> float | None:
    """None where it is not told: a usage that may not be read must not hide the quota itself."""
    counted = _COUNTED.get(name.code)
    try:
        if counted is not None:
            return counted(client("ec2", location))
        return _metered(client("cloudwatch", location), metric) if metric else None
    except (Denied, NoAnswer):
        return None


def _metered(cloudwatch: Any, metric: Mapping[str, Any]) -> float:
    now = datetime.now(UTC)
    statistic = metric.get("MetricStatisticRecommendation", "Maximum")
    with asking("cloudwatch:GetMetricStatistics"):
        points = cloudwatch.get_metric_statistics(
            Namespace=metric["MetricNamespace"],
            MetricName=metric["MetricName"],
            Dimensions=[{"Name": key, "Value": value} for key, value in metric["MetricDimensions"].items()],
            StartTime=now - _LOOK_BACK,
            EndTime=now,
            Period=_PERIOD_S,
            Statistics=[statistic],
        )["Datapoints"]
    # No points: nothing has run for an hour.
    newest = max(points, key=lambda point: point["Timestamp"], default=None)
    return float(newest[statistic]) if newest else 0.0


def _pending(quotas: Any, name: QuotaName) -> float | None:
    try:
        with asking("servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota"):
            asked = quotas.list_requested_service_quota_change_history_by_quota(
                ServiceCode=name.service, QuotaCode=name.code
            )["RequestedQuotas"]
    except (Denied, NoAnswer):
        return None
    return max((each["DesiredValue"] for each in asked if each["Status"] in _OPEN), default=None)


def _vpcs(ec2: Any) -> float:
    with asking("ec2:DescribeVpcs"):
        pages = ec2.get_paginator("describe_vpcs").paginate()
        return float(sum(len(page["Vpcs"]) for page in pages))


def _addresses(ec2: Any) -> float:
    with asking("ec2:DescribeAddresses"):
        return float(len(ec2.describe_addresses()["Addresses"]))


# CloudWatch does not tell the usage of these.
_COUNTED: Final[Mapping[str, Callable[[Any], float]]] = {"L-F678F1CE": _vpcs, "L-0263D0A3": _addresses}
