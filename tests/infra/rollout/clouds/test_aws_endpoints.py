"""Endpoints in CloudWatch, through real boto3 clients."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber
from tests.infra.fleet.world import plain_client
from tests.infra.rollout.clouds.test_aws import BALANCER, BLUE, START, rows, say_group

from llmdeploy.infra.rollout.clouds.aws import CloudWatchFigures
from llmdeploy.infra.rollout.clouds.aws_metrics import BOUNDS
from llmdeploy.infra.rollout.clouds.minutes import Told

SAGEMAKER = {"service": "sagemaker", "endpoint": "chat-green", "variant": "all"}
COPIES = {**SAGEMAKER, "component": "chat-green"}
BEDROCK = {"service": "bedrock", "endpoint": "arn:aws:bedrock:us-east-1:1:imported-model/m"}


@pytest.fixture
def stubs() -> Iterator[dict[str, Stubber]]:
    made = {name: Stubber(plain_client(name, "us-east-1")) for name in ("cloudwatch", "elbv2")}
    for stub in made.values():
        stub.activate()
    yield made
    for stub in made.values():
        stub.assert_no_pending_responses()


def tell(stubs: dict[str, Stubber], *versions: dict[str, Any]) -> list[Told]:
    figures = CloudWatchFigures(lambda service, region: stubs[service].client)
    return list(figures.tell("us-east-1", versions, START, START + 60))


@pytest.mark.parametrize(
    ("facts", "namespace", "dimensions", "second"),
    [
        (
            SAGEMAKER,
            "AWS/SageMaker",
            [{"Name": "EndpointName", "Value": "chat-green"}, {"Name": "VariantName", "Value": "all"}],
            1e6,
        ),
        (COPIES, "AWS/SageMaker", [{"Name": "InferenceComponentName", "Value": "chat-green"}], 1e6),
        (BEDROCK, "AWS/Bedrock", [{"Name": "ModelId", "Value": BEDROCK["endpoint"]}], 1e3),
    ],
    ids=["sagemaker", "copies", "bedrock"],
)
def test_minutes_of_an_endpoint(
    stubs: dict[str, Stubber],
    facts: dict[str, str],
    namespace: str,
    dimensions: list[dict[str, str]],
    second: float,
) -> None:
    took = (0.1, 0.4, 200.0)
    counts = {
        f"within{index}": [float(sum(each <= bound for each in took))] for index, bound in enumerate(BOUNDS)
    }
    figures: dict[str, list[float]] = {"count": [3.0], "time": [sum(took) * second], **counts}
    stubs["cloudwatch"].add_response(
        "get_metric_data",
        {"MetricDataResults": rows("v", 1, requests=[4.0], failed=[1.0], **figures)},
        {"MetricDataQueries": ANY, "StartTime": ANY, "EndTime": ANY, "ScanBy": "TimestampAscending"},
    )
    asked: list[dict[str, Any]] = []
    stubs["cloudwatch"].client.meta.events.register(
        "provide-client-params.cloudwatch.GetMetricData",
        lambda params, **_: asked.extend(params["MetricDataQueries"]),
    )
    (told,) = tell(stubs, facts)
    minute = told.minutes[START]
    assert (minute.answered, minute.failed, minute.lost, round(minute.seconds, 6)) == (3, 1, 0, sum(took))
    assert {bound: count for bound, count in minute.buckets.items() if count} == {
        0.1: 1,
        0.5: 1,
        math.inf: 1,
    }
    of = [each["MetricStat"]["Metric"] for each in asked]
    assert {each["Namespace"] for each in of} == {namespace}
    assert all(each["Dimensions"] == dimensions for each in of)
    longest = {each["MetricStat"]["Stat"] for each in asked if each["MetricStat"]["Stat"].startswith("TC")}
    assert f"TC(0:{0.02 * second:g})" in longest


def test_an_endpoint_beside_instances(stubs: dict[str, Stubber]) -> None:
    """In the middle of a switch: each is asked where its figures are."""
    say_group(stubs, BLUE, BALANCER)
    stubs["cloudwatch"].add_response("get_metric_data", {"MetricDataResults": []})
    stubs["cloudwatch"].add_response(
        "get_metric_data", {"MetricDataResults": rows("v", 1, requests=[2.0], failed=[0.0])}
    )
    own, beside = tell(stubs, {"groups": ["fleet"], "target_group": BLUE}, SAGEMAKER)
    assert own == Told()
    assert (beside.minutes[START].answered, beside.until) == (2, START + 60)
