"""Cloud Monitoring through Google's own client library, whose transport answers as the API does."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httplib2
import pytest

from llmdeploy.infra.preflight.clouds.errors import CloudUnasked, Denied, NoAnswer, Rejected
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi
from llmdeploy.infra.rollout.clouds.gcp import CloudMonitoringFigures
from llmdeploy.infra.rollout.clouds.minutes import Minute, Told, durations_of

START = 1_795_000_020
FACTS = {"project": "acme", "groups": ["pool"], "backend": "chat-backend"}
GREEN = {**FACTS, "backend": "chat-backend-green"}
EXPONENTIAL = {"exponentialBuckets": {"numFiniteBuckets": 3, "growthFactor": 2, "scale": 100}}


def moment(minute: int) -> str:
    return datetime.fromtimestamp(START + 60 * minute, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def point(minute: int, value: dict[str, Any]) -> dict[str, Any]:
    """Of the minute that begins `minute` minutes after START."""
    return {"interval": {"startTime": moment(minute), "endTime": moment(minute + 1)}, "value": value}


def counted(code: int, *points: dict[str, Any]) -> dict[str, Any]:
    """Points come newest first."""
    return {"metric": {"labels": {"response_code": str(code)}}, "points": list(reversed(points))}


def count(minute: int, requests: int) -> dict[str, Any]:
    return point(minute, {"int64Value": str(requests)})


def durations(options: Mapping[str, Any], counts: list[int], mean: float) -> dict[str, Any]:
    return {
        "distributionValue": {
            "count": str(sum(counts)),
            "mean": mean,
            "bucketOptions": options,
            "bucketCounts": [str(each) for each in counts],
        }
    }


class Google:
    """Answers by backend service and metric; a page after the other."""

    def __init__(self, status: int = 200) -> None:
        self.pages: dict[tuple[str, str], list[list[dict[str, Any]]]] = {}
        self.status = status
        self.asked: list[dict[str, str]] = []

    def say(self, backend: str, metric: str, *pages: list[dict[str, Any]]) -> None:
        self.pages[backend, metric] = list(pages)

    def request(self, uri: str, method: str = "GET", body: str | None = None, **_more: Any) -> Any:
        parts = urlsplit(uri)
        assert (method, parts.netloc) == ("GET", "monitoring.googleapis.com")
        assert parts.path == "/v3/projects/acme/timeSeries"
        query = {key: one for key, (one,) in parse_qs(parts.query).items()}
        self.asked.append(query)
        return httplib2.Response({"status": str(self.status)}), json.dumps(self._answer(query)).encode()

    def _answer(self, query: Mapping[str, str]) -> dict[str, Any]:
        if self.status != 200:
            return {"error": {"code": self.status, "message": "canary of a message"}}
        wanted = dict(each.split(" = ") for each in query["filter"].split(" AND "))
        backend = json.loads(wanted["resource.labels.backend_target_name"])
        pages = self.pages.get((backend, json.loads(wanted["metric.type"]).rpartition("/")[2]), [[]])
        index = int(query.get("pageToken", 0))
        more = {"nextPageToken": str(index + 1)} if index + 1 < len(pages) else {}
        # Google leaves the list out where it is empty.
        return {**({"timeSeries": pages[index]} if pages[index] else {}), **more}

    def tell(self, minutes: int, *versions: Mapping[str, Any]) -> list[Told]:
        figures = CloudMonitoringFigures(GoogleApi(lambda: self, "acme", "me@acme.com", 0))
        return list(figures.tell("europe-west4", versions, START, START + 60 * minutes))


def test_what_is_asked() -> None:
    google = Google()
    assert google.tell(2, FACTS) == [Told({}, START + 120)]
    both = {
        "interval.startTime": moment(0),
        "interval.endTime": moment(2),
        "aggregation.alignmentPeriod": "60s",
        "aggregation.perSeriesAligner": "ALIGN_DELTA",
        "aggregation.crossSeriesReducer": "REDUCE_SUM",
    }
    of = (
        ' AND resource.type = "internal_http_lb_rule" AND resource.labels.region = "europe-west4"'
        ' AND resource.labels.backend_target_name = "chat-backend"'
    )
    metrics = "loadbalancing.googleapis.com/https/internal"
    assert google.asked == [
        {
            "filter": f'metric.type = "{metrics}/request_count"{of}',
            "aggregation.groupByFields": "metric.label.response_code",
            **both,
        },
        {"filter": f'metric.type = "{metrics}/backend_latencies"{of}', **both},
    ]


def test_answers_by_their_code() -> None:
    google = Google()
    google.say(
        "chat-backend",
        "request_count",
        [counted(200, count(0, 90), count(1, 80)), counted(404, count(0, 2)), counted(503, count(1, 7))],
        [counted(0, count(0, 3)), counted(499, count(0, 1)), counted(504, count(1, 1))],
    )
    assert google.tell(2, FACTS) == [
        Told({START: Minute(92, 0, 4), START + 60: Minute(80, 8, 0)}, START + 120)
    ]


def test_each_version_has_its_own() -> None:
    google = Google()
    google.say("chat-backend", "request_count", [counted(200, count(0, 90))])
    google.say("chat-backend-green", "request_count", [counted(200, count(0, 5))])
    stable, canary = google.tell(1, FACTS, GREEN)
    assert (stable.minutes[START].answered, canary.minutes[START].answered) == (90, 5)


@pytest.mark.parametrize(
    ("options", "bounds"),
    [
        (EXPONENTIAL, [0.1, 0.2, 0.4, 0.8]),
        ({"linearBuckets": {"numFiniteBuckets": 3, "width": 50, "offset": 100}}, [0.1, 0.15, 0.2, 0.25]),
        ({"explicitBuckets": {"bounds": [100, 250, 500, 1000]}}, [0.1, 0.25, 0.5, 1.0]),
    ],
    ids=["exponential", "linear", "explicit"],
)
def test_a_distribution_of_milliseconds_becomes_buckets_of_seconds(options, bounds) -> None:
    google = Google()
    google.say("chat-backend", "request_count", [counted(200, count(0, 10), count(1, 4))])
    whole, short = durations(options, [1, 2, 3, 0, 4], 300), durations(options, [0, 4], 180)
    google.say("chat-backend", "backend_latencies", [{"points": [point(1, short), point(0, whole)]}])
    (told,) = google.tell(2, FACTS)
    first, second = (told.minutes[START + 60 * index] for index in range(2))
    assert first.buckets == dict(zip([*bounds, math.inf], [1, 2, 3, 0, 4], strict=True))
    assert second.buckets == dict(zip([*bounds, math.inf], [0, 4, 0, 0, 0], strict=True))
    found = durations_of([first, second])
    assert found is not None
    assert list(found.buckets.values()) == [1, 7, 10, 10, 14]
    assert found.sum == pytest.approx(10 * 0.3 + 4 * 0.18)


def test_minutes_in_other_buckets_than_the_first_are_left_out() -> None:
    alike = Minute(1, buckets={0.1: 1.0, math.inf: 0.0}, seconds=0.1)
    other = Minute(1, buckets={0.2: 1.0, math.inf: 0.0}, seconds=0.2)
    found = durations_of([alike, other, Minute(1), alike])
    assert found is not None
    assert (found.buckets, found.sum) == ({0.1: 2.0, math.inf: 2.0}, 0.2)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(403, Denied), (429, NoAnswer), (503, NoAnswer), (400, Rejected), (404, CloudUnasked)],
)
def test_errors_are_ours(status: int, kind: type[CloudUnasked]) -> None:
    with pytest.raises(kind) as refused:
        Google(status).tell(1, FACTS)
    assert "monitoring.timeSeries.list" in str(refused.value)
    assert "canary" not in str(refused.value)
