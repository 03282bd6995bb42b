"""CloudWatch through real boto3 clients, whose questions and answers botocore checks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber
from tests.infra.fleet.world import plain_client

from llmdeploy.infra.fleet.facts import FactsUnusable
from llmdeploy.infra.preflight.clouds.errors import CloudUnasked, Denied, NoAnswer
from llmdeploy.infra.rollout.clouds.aws import CloudWatchFigures
from llmdeploy.infra.rollout.clouds.aws_metrics import BOUNDS
from llmdeploy.infra.rollout.clouds.minutes import Minute, Told, durations_of

ARN = "arn:aws:elasticloadbalancing:us-east-1:1"
BLUE, GREEN = f"{ARN}:targetgroup/fleet/1", f"{ARN}:targetgroup/fleet-green/2"
BALANCER = f"{ARN}:loadbalancer/app/fleet/3"
START = 1_795_000_020


def facts(group: str) -> dict[str, Any]:
    return {"groups": ["fleet"], "target_group": group}


@pytest.fixture
def stubs() -> Iterator[dict[str, Stubber]]:
    """One a service; every answer must be asked for."""
    made = {name: Stubber(plain_client(name, "us-east-1")) for name in ("cloudwatch", "elbv2")}
    for stub in made.values():
        stub.activate()
    yield made
    for stub in made.values():
        stub.assert_no_pending_responses()


def figures(stubs: dict[str, Stubber]) -> CloudWatchFigures:
    return CloudWatchFigures(lambda service, region: stubs[service].client)


def say_group(stubs: dict[str, Stubber], group: str, *balancers: str) -> None:
    stubs["elbv2"].add_response(
        "describe_target_groups",
        {"TargetGroups": [{"TargetGroupArn": group, "LoadBalancerArns": list(balancers)}]},
        {"TargetGroupArns": [group]},
    )


def rows(version: str, minutes: int, **metrics: list[float]) -> list[dict[str, Any]]:
    """Results as CloudWatch gives them. A metric without a figure has no times."""
    found = []
    for name, values in metrics.items():
        times = [datetime.fromtimestamp(START + 60 * index, UTC) for index in range(minutes)][: len(values)]
        kept = [(time, value) for time, value in zip(times, values, strict=True) if value is not None]
        found.append(
            {
                "Id": f"{version}_{name}",
                "Label": name,
                "Timestamps": [time for time, _ in kept],
                "Values": [value for _, value in kept],
                "StatusCode": "Complete",
            }
        )
    return found


def say_figures(stubs: dict[str, Stubber], *results: dict[str, Any], more: str = "") -> None:
    stubs["cloudwatch"].add_response(
        "get_metric_data",
        {"MetricDataResults": list(results), **({"NextToken": more} if more else {})},
    )


def within(*seconds: float) -> dict[str, list[float]]:
    """The trimmed counts of one minute."""
    counts = (float(sum(each <= bound for each in seconds)) for bound in BOUNDS)
    return {f"within{index}": [count] for index, count in enumerate(counts)}


def tell(stubs: dict[str, Stubber], minutes: int, *groups: str) -> list[Told]:
    return list(
        figures(stubs).tell("us-east-1", [facts(group) for group in groups], START, START + 60 * minutes)
    )


def test_what_is_asked(stubs: dict[str, Stubber]) -> None:
    say_group(stubs, BLUE, BALANCER)
    dimensions = [
        {"Name": "LoadBalancer", "Value": "app/fleet/3"},
        {"Name": "TargetGroup", "Value": "targetgroup/fleet/1"},
    ]
    sums = [
        "RequestCount",
        "HTTPCode_Target_2XX_Count",
        "HTTPCode_Target_3XX_Count",
        "HTTPCode_Target_4XX_Count",
        "HTTPCode_Target_5XX_Count",
    ]
    wanted = [
        *((f"v0_{name}", name, "Sum", dimensions) for name in sums),
        ("v0_count", "TargetResponseTime", "SampleCount", dimensions),
        ("v0_seconds", "TargetResponseTime", "Sum", dimensions),
        *(
            (f"v0_within{index}", "TargetResponseTime", f"TC(0:{bound:g})", dimensions)
            for index, bound in enumerate(BOUNDS)
        ),
        ("all_HTTPCode_ELB_4XX_Count", "HTTPCode_ELB_4XX_Count", "Sum", dimensions[:1]),
        ("all_HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_5XX_Count", "Sum", dimensions[:1]),
    ]
    stubs["cloudwatch"].add_response(
        "get_metric_data",
        {"MetricDataResults": []},
        {
            "MetricDataQueries": [
                {
                    "Id": name,
                    "MetricStat": {
                        "Metric": {
                            "Namespace": "AWS/ApplicationELB",
                            "MetricName": metric,
                            "Dimensions": of,
                        },
                        "Period": 60,
                        "Stat": statistic,
                    },
                }
                for name, metric, statistic, of in wanted
            ],
            "StartTime": datetime.fromtimestamp(START, UTC),
            "EndTime": datetime.fromtimestamp(START + 120, UTC),
            "ScanBy": "TimestampAscending",
        },
    )
    assert tell(stubs, 2, BLUE) == [Told()]
    assert "TC(0:0.075)" in {statistic for _, _, statistic, _ in wanted}


def test_two_versions_in_one_question_of_several_pages(stubs: dict[str, Stubber]) -> None:
    say_group(stubs, BLUE, BALANCER)
    say_group(stubs, GREEN, BALANCER)
    say_figures(
        stubs,
        *rows("v0", 2, RequestCount=[4, 6], HTTPCode_Target_2XX_Count=[3], HTTPCode_Target_4XX_Count=[1]),
        *rows("v1", 2, RequestCount=[2, None], HTTPCode_Target_2XX_Count=[1]),
        more="page 2",
    )
    late = rows("v0", 2, HTTPCode_Target_2XX_Count=[None, 5], HTTPCode_Target_5XX_Count=[None, 1])
    say_figures(stubs, *late, *rows("v1", 2, HTTPCode_Target_5XX_Count=[1]))
    stable, canary = tell(stubs, 2, BLUE, GREEN)
    assert stable == Told({START: Minute(4), START + 60: Minute(5, 1)}, START + 120)
    assert canary == Told({START: Minute(1, 1), START + 60: Minute()}, START + 60)


def test_trimmed_counts_become_buckets(stubs: dict[str, Stubber]) -> None:
    say_group(stubs, BLUE, BALANCER)
    seconds = (0.01, 0.2, 0.21, 7.4, 300.0)
    say_figures(
        stubs,
        *rows("v0", 1, RequestCount=[5], HTTPCode_Target_2XX_Count=[5], count=[5]),
        *rows("v0", 1, seconds=[sum(seconds)], **within(*seconds)),
    )
    (told,) = tell(stubs, 1, BLUE)
    minute = told.minutes[START]
    assert {bound: count for bound, count in minute.buckets.items() if count} == {
        0.02: 1,
        0.2: 1,
        0.3: 1,
        7.5: 1,
        math.inf: 1,
    }
    found = durations_of([minute])
    assert found is not None
    assert (found.sum, found.buckets[0.3], found.buckets[math.inf]) == (sum(seconds), 3, 5)


def test_counts_that_do_not_fit_together_make_no_negative_bucket(stubs: dict[str, Stubber]) -> None:
    say_group(stubs, BLUE, BALANCER)
    odd = {f"within{index}": [4.0 if index == 3 else 2.0] for index in range(len(BOUNDS))}
    say_figures(stubs, *rows("v0", 1, RequestCount=[3], count=[3], seconds=[1.0], **odd))
    (told,) = tell(stubs, 1, BLUE)
    counts = list(told.minutes[START].buckets.values())
    assert (min(counts), sum(counts)) == (0, 3)


@pytest.mark.parametrize(
    ("blue", "green", "own", "lost"),
    [
        (([10] * 4, [10] * 4), ([5] * 4, [5] * 4), [], ([0] * 4, [0] * 4)),
        (([10] * 4, [7, 10, 10, 10]), ([5] * 4, [4, 5, 5, 5]), [], ([0] * 4, [0] * 4)),
        (([10] * 4, [10] * 4), ([5] * 4, [3] * 4), [2, 2, 2, 2], ([0] * 4, [2] * 4)),
        (([10] * 4, [10] * 4), ([5] * 4, [3, 3, 3, 3]), [None, 3, 2, 3], ([0] * 4, [0, 3, 2, 3])),
        (([10] * 4, [7, 10, 10, 10]), ([5] * 4, [0] * 4), [5, 5, 5, 5], ([2, 0, 0, 1], [3, 5, 4, 5])),
        (([10] * 4, [10] * 4), ([5] * 4, [5] * 4), [100], ([0] * 4, [0] * 4)),
    ],
    ids=["none", "under way", "lost", "told later", "lost beside some under way", "never sent on"],
)
def test_the_balancers_own_answers_are_laid_to_the_version_whose_requests_have_none(
    stubs: dict[str, Stubber], blue, green, own, lost
) -> None:
    for group in (BLUE, GREEN):
        say_group(stubs, group, BALANCER)
    say_figures(
        stubs,
        *rows("v0", 4, RequestCount=blue[0], HTTPCode_Target_2XX_Count=blue[1]),
        *rows("v1", 4, RequestCount=green[0], HTTPCode_Target_2XX_Count=green[1]),
        *rows("all", 4, HTTPCode_ELB_5XX_Count=own[:2], HTTPCode_ELB_4XX_Count=[None, None, *own[2:]]),
    )
    found = tell(stubs, 4, BLUE, GREEN)
    assert [[told.minutes[START + 60 * index].lost for index in range(4)] for told in found] == list(lost)


def test_checks_that_hang_are_not_laid_to_requests_under_way(stubs: dict[str, Stubber]) -> None:
    """Of stable's ten, three are being written; the gateways gave up on all four checks of the canary."""
    for group in (BLUE, GREEN):
        say_group(stubs, group, BALANCER)
    say_figures(
        stubs,
        *rows("v0", 1, RequestCount=[10], HTTPCode_Target_2XX_Count=[7]),
        *rows("c0", 1, RequestCount=[4], HTTPCode_Target_2XX_Count=[4]),
        *rows("c1", 1, RequestCount=[4]),
        *rows("all", 1, HTTPCode_ELB_4XX_Count=[4]),
    )
    versions = [{**facts(BLUE), "checked_group": "arn:c0"}, {**facts(GREEN), "checked_group": "arn:c1"}]
    stable, canary = figures(stubs).tell("us-east-1", versions, START, START + 60)
    assert (stable.minutes[START].lost, canary) == (0, Told())


def test_a_target_group_that_no_balancer_sends_to_has_no_figures(stubs: dict[str, Stubber]) -> None:
    say_group(stubs, GREEN)
    assert tell(stubs, 1, GREEN) == [Told()]


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDenied", Denied), ("Throttling", NoAnswer), ("ValidationError", NoAnswer)]
)
def test_errors_are_ours(stubs: dict[str, Stubber], code: str, kind: type[CloudUnasked]) -> None:
    say_group(stubs, BLUE, BALANCER)
    stubs["cloudwatch"].add_client_error("get_metric_data", code, "canary of a message")
    with pytest.raises(kind) as refused:
        tell(stubs, 1, BLUE)
    assert "cloudwatch:GetMetricData" in str(refused.value)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(("status", "kind"), [("Forbidden", Denied), ("InternalError", NoAnswer)])
def test_figures_that_are_kept_back_are_errors(
    stubs: dict[str, Stubber], status: str, kind: type[CloudUnasked]
) -> None:
    say_group(stubs, BLUE, BALANCER)
    say_figures(stubs, {**rows("v0", 1, RequestCount=[1])[0], "StatusCode": status})
    with pytest.raises(kind):
        tell(stubs, 1, BLUE)


def test_facts_of_an_older_version_say_what_is_missing(stubs: dict[str, Stubber]) -> None:
    with pytest.raises(FactsUnusable, match="target_group"):
        figures(stubs).tell("us-east-1", [{"groups": ["fleet"]}], START, START + 60)
