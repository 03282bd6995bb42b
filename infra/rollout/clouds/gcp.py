"""What Cloud Monitoring tells of the backend service of each version, or of its endpoint.

Metrics: "Google Cloud metrics", loadbalancing.googleapis.com (monitoring/api/metrics_gcp); requests:
projects.timeSeries.list (monitoring/api/ref_v3).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from typing import Any, Final

from llmdeploy.infra.fleet.facts import GcpFleetFacts, read_facts
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi
from llmdeploy.infra.rollout.clouds.gcp_metrics import Metrics, metrics_of
from llmdeploy.infra.rollout.clouds.minutes import MINUTE_S, Minute, Told, utc

_URL: Final = "https://monitoring.googleapis.com/v3/projects"
PERMISSION: Final = "monitoring.timeSeries.list"
CODE: Final = "metric.label.response_code"
NO_ANSWER: Final = frozenset({0, 499})
"""Response codes of requests that ended before there was an answer: none at all, or the client went."""


class CloudMonitoringFigures:
    """See `minutes.Monitoring`."""

    soonest_s = 3 * MINUTE_S
    """"Sampled every 60 seconds. After sampling, data is not visible for up to 90 seconds", and a bit."""

    def __init__(self, api: GoogleApi) -> None:
        self._api = api

    def tell(
        self, location: str, versions: Sequence[Mapping[str, Any]], start: int, end: int
    ) -> Sequence[Told]:
        """See `minutes.Monitoring`. A minute without points is one without requests."""
        return [self._version(location, read_facts(GcpFleetFacts, facts), start, end) for facts in versions]

    def _version(self, location: str, facts: GcpFleetFacts, start: int, end: int) -> Told:
        of = metrics_of(location, facts)
        counted = self._series(facts.project, of, of.requests, start, end, CODE)
        measured = self._series(facts.project, of, of.durations, start, end, "")
        codes: dict[int, dict[int, int]] = {}
        for labels, begin, value in counted:
            by_code = codes.setdefault(begin, {})
            code = int(labels.get("response_code", 0))
            by_code[code] = by_code.get(code, 0) + _number(value)
        durations = {begin: value.get("distributionValue", {}) for _, begin, value in measured}
        return Told({begin: _minute(codes.get(begin, {}), durations.get(begin, {})) for begin in codes}, end)

    def _series(
        self, project: str, of: Metrics, metric: str, start: int, end: int, by: str
    ) -> Iterator[tuple[Mapping[str, str], int, Mapping[str, Any]]]:
        """Labels, beginning of the minute, and value of each point."""
        wanted = (f'metric.type = "{metric}"', *of.filters)
        query = {
            "filter": " AND ".join(wanted),
            "interval.startTime": utc(start),
            "interval.endTime": utc(end),
            "aggregation.alignmentPeriod": f"{MINUTE_S}s",
            "aggregation.perSeriesAligner": "ALIGN_DELTA",
            "aggregation.crossSeriesReducer": "REDUCE_SUM",
        }
        if by:
            query["aggregation.groupByFields"] = by
        while True:
            page = self._api.get(f"{_URL}/{project}/timeSeries", PERMISSION, **query)
            for series in page.get("timeSeries", ()):
                labels = series.get("metric", {}).get("labels", {})
                for point in series.get("points", ()):
                    minute_end = datetime.fromisoformat(point["interval"]["endTime"])
                    yield labels, round(minute_end.timestamp()) - MINUTE_S, point["value"]
            if not page.get("nextPageToken"):
                return
            query["pageToken"] = page["nextPageToken"]


def _minute(codes: Mapping[int, int], durations: Mapping[str, Any]) -> Minute:
    lost = sum(count for code, count in codes.items() if code in NO_ANSWER)
    failed = sum(count for code, count in codes.items() if code >= 500)
    count = int(durations.get("count", 0))
    return Minute(
        sum(codes.values()) - failed - lost,
        failed,
        lost,
        _buckets(durations) if count else {},
        count * float(durations.get("mean", 0)) / 1000,
    )


def _buckets(durations: Mapping[str, Any]) -> dict[float, float]:
    """Google leaves out the empty buckets at the end."""
    bounds = (*(bound / 1000 for bound in _bounds(durations.get("bucketOptions", {}))), math.inf)
    counts = [float(count) for count in durations.get("bucketCounts", ())]
    return dict(zip_longest(bounds, counts[: len(bounds)], fillvalue=0.0))


def _bounds(options: Mapping[str, Any]) -> list[float]:
    """Upper bounds of all buckets but the last, which has none (google.api.Distribution.BucketOptions)."""
    if "exponentialBuckets" in options:
        rule = options["exponentialBuckets"]
        scale, factor = float(rule["scale"]), float(rule["growthFactor"])
        return [scale * factor**index for index in range(int(rule["numFiniteBuckets"]) + 1)]
    if "linearBuckets" in options:
        rule = options["linearBuckets"]
        offset, width = float(rule.get("offset", 0)), float(rule["width"])
        return [offset + width * index for index in range(int(rule["numFiniteBuckets"]) + 1)]
    return [float(bound) for bound in options.get("explicitBuckets", {}).get("bounds", ())]


def _number(value: Mapping[str, Any]) -> int:
    return round(float(value.get("int64Value", value.get("doubleValue", 0))))
