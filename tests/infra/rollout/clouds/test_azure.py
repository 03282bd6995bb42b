"""Azure Monitor over HTTP, which answers as the API does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from llmdeploy.infra.fleet.facts import FactsUnusable
from llmdeploy.infra.preflight.clouds.azure_api import AzureApi
from llmdeploy.infra.preflight.clouds.errors import Denied, NoAnswer
from llmdeploy.infra.rollout.clouds.azure import AzureMonitorFigures
from llmdeploy.infra.rollout.clouds.azure_figures import QUANTILES
from llmdeploy.infra.rollout.clouds.minutes import Told, durations_of

START = 1_795_000_020
ENDPOINT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
BLUE = f"{ENDPOINT}/onlineEndpoints/chat/deployments/blue"
GREEN = f"{ENDPOINT}/onlineEndpoints/chat/deployments/green"
FACTS = {"service": "azure-ml", "endpoint": BLUE}


def moment(minute: int) -> str:
    return datetime.fromtimestamp(START + 60 * minute, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def series(label: str, *averages: float | None) -> dict[str, Any]:
    """A minute without a figure has a point without an average."""
    data = [
        {"timeStamp": moment(index), **({} if average is None else {"average": average})}
        for index, average in enumerate(averages)
    ]
    labels = [{"name": {"value": "envoy_response_code"}, "value": label}] if label else []
    return {"metadatavalues": labels, "data": data}


class Azure:
    """Answers by deployment and metric."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.asked = status, list[httpx.Request]()
        self.said: dict[tuple[str, str], list[dict[str, Any]]] = {}

    def say(self, deployment: str, metric: str, *found: dict[str, Any]) -> None:
        self.said[deployment, metric] = list(found)

    def say_quantiles(self, deployment: str, *milliseconds: float) -> None:
        """Of the first minute."""
        for metric, value in zip(QUANTILES, milliseconds, strict=True):
            self.say(deployment, metric, series("", value))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.status != 200:
            return httpx.Response(self.status, json={"error": {"code": "AuthorizationFailed"}})
        deployment = request.url.path.removesuffix("/providers/Microsoft.Insights/metrics")
        names = request.url.params["metricnames"].split(",")
        told = [
            {"name": {"value": name}, "timeseries": self.said.get((deployment, name), [])} for name in names
        ]
        return httpx.Response(200, json={"value": told})

    def tell(self, minutes: int, *versions: Mapping[str, Any]) -> list[Told]:
        client = httpx.Client(transport=httpx.MockTransport(self))
        figures = AzureMonitorFigures(AzureApi("s", lambda: "token", client))
        return list(figures.tell("eastus2", versions, START, START + 60 * minutes))


def test_what_is_asked() -> None:
    azure = Azure()
    assert azure.tell(2, FACTS) == [Told({}, START + 120)]
    common = {
        "api-version": "2023-10-01",
        "timespan": f"{moment(0)}/{moment(2)}",
        "interval": "PT1M",
        "aggregation": "Average",
    }
    assert [dict(request.url.params) for request in azure.asked] == [
        {**common, "metricnames": "RequestsPerMinute", "$filter": "envoy_response_code eq '*'"},
        {**common, "metricnames": ",".join(QUANTILES)},
    ]
    assert azure.asked[0].headers["authorization"] == "Bearer token"


def test_requests_by_the_code_that_the_deployment_answered() -> None:
    azure = Azure()
    codes = [series("200", 90, 80), series("404", 2, None), series("503", None, 7), series("0", None, 1)]
    azure.say(BLUE, "RequestsPerMinute", *codes)
    (told,) = azure.tell(2, FACTS)
    found = {begin - START: (each.answered, each.failed, each.lost) for begin, each in told.minutes.items()}
    assert found == {0: (92, 0, 0), 60: (80, 7, 1)}


def test_each_version_is_a_deployment_of_its_own() -> None:
    azure = Azure()
    azure.say(BLUE, "RequestsPerMinute", series("200", 10))
    azure.say(GREEN, "RequestsPerMinute", series("500", 3))
    blue, green = azure.tell(1, FACTS, {**FACTS, "endpoint": GREEN})
    assert (blue.minutes[START].answered, green.minutes[START].failed) == (10, 3)


def test_quantiles_become_a_distribution() -> None:
    azure = Azure()
    azure.say(BLUE, "RequestsPerMinute", series("200", 1000))
    azure.say_quantiles(BLUE, 400, 900, 1200, 2000)
    (told,) = azure.tell(1, FACTS)
    (minute,) = told.minutes.values()
    durations = durations_of([minute])
    assert durations is not None
    # Half of the requests within 0.4 s, of which three quarters within 0.3 s: as if evenly spread.
    assert durations.buckets[0.3] == pytest.approx(375)
    assert durations.buckets[0.5] == pytest.approx(500 + 400 * 0.2)
    assert durations.buckets[1.5] == pytest.approx(950 + 40 * 0.375)
    assert durations.buckets[2.0] == durations.buckets[math.inf] == pytest.approx(1000)
    assert minute.seconds == pytest.approx(
        1000 * (0.5 * 0.2 + 0.4 * 0.65 + 0.05 * 1.05 + 0.04 * 1.6 + 0.01 * 2)
    )


def test_a_slower_version_is_seen_to_be_slower() -> None:
    azure = Azure()
    for deployment, factor in ((BLUE, 1), (GREEN, 3)):
        azure.say(deployment, "RequestsPerMinute", series("200", 100))
        azure.say_quantiles(deployment, *(factor * each for each in (400, 900, 1200, 2000)))
    blue, green = azure.tell(1, FACTS, {**FACTS, "endpoint": GREEN})
    assert green.minutes[START].seconds == pytest.approx(3 * blue.minutes[START].seconds)


def test_without_all_quantiles_nothing_is_said_of_durations() -> None:
    azure = Azure()
    azure.say(BLUE, "RequestsPerMinute", series("200", 10))
    azure.say(BLUE, "RequestLatency_P50", series("", 400))
    (told,) = azure.tell(1, FACTS)
    assert (told.minutes[START].buckets, told.minutes[START].seconds) == ({}, 0.0)


def test_what_may_not_be_asked_and_what_cannot() -> None:
    with pytest.raises(Denied, match=r"Microsoft\.Insights/Metrics/Read"):
        Azure(403).tell(1, FACTS)
    with pytest.raises(NoAnswer):
        Azure(500).tell(1, FACTS)
    with pytest.raises(FactsUnusable):
        Azure().tell(1, {"groups": []})
