"""What Azure Monitor tells of the deployment of each version.

Metrics: "Supported metrics for Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"
(azure-monitor/reference), 2026-11-30. The request, "Metrics - List" (rest/api/monitor), is from memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from llmdeploy.infra.fleet.facts import read_endpoint
from llmdeploy.infra.preflight.clouds.azure_api import AzureApi
from llmdeploy.infra.rollout.clouds.azure_figures import QUANTILES, minute
from llmdeploy.infra.rollout.clouds.minutes import MINUTE_S, Minute, Told, utc

ACTION: Final = "Microsoft.Insights/Metrics/Read"
VERSION: Final = "2023-10-01"
REQUESTS: Final = "RequestsPerMinute"
CODE: Final = "envoy_response_code"
"""What the deployment has answered. The front of the endpoint makes 424 of all its errors, so the endpoint's
own figures would not tell a request that was wrong from a replica that is.
"""


class AzureMonitorFigures:
    """See `minutes.Monitoring`."""

    soonest_s = 3 * MINUTE_S
    """From memory: most of Azure's metrics are there by then."""

    def __init__(self, api: AzureApi) -> None:
        self._api = api

    def tell(
        self, location: str, versions: Sequence[Mapping[str, Any]], start: int, end: int
    ) -> Sequence[Told]:
        """See `minutes.Monitoring`. A minute without points is one without requests."""
        return [self._version(read_endpoint(facts).endpoint, start, end) for facts in versions]

    def _version(self, deployment: str, start: int, end: int) -> Told:
        counts: dict[int, dict[str, float]] = {}
        for _, code, begin, value in self._points(deployment, (REQUESTS,), start, end, by=CODE):
            counts.setdefault(begin, {})[code] = value
        durations: dict[int, dict[str, float]] = {}
        for metric, _, begin, value in self._points(deployment, QUANTILES, start, end):
            durations.setdefault(begin, {})[metric] = value
        minutes: dict[int, Minute] = {
            begin: minute(codes, durations.get(begin, {})) for begin, codes in counts.items()
        }
        return Told(minutes, end)

    def _points(
        self, deployment: str, metrics: Sequence[str], start: int, end: int, by: str = ""
    ) -> Iterator[tuple[str, str, int, float]]:
        """Metric, value of the dimension, beginning of the minute, and average of each point."""
        query = {
            "metricnames": ",".join(metrics),
            "timespan": f"{utc(start)}/{utc(end)}",
            "interval": "PT1M",
            "aggregation": "Average",
        }
        if by:
            query["$filter"] = f"{by} eq '*'"
        path = f"{deployment}/providers/Microsoft.Insights/metrics"
        found = self._api.get(path, ACTION, VERSION, **query)
        for metric in found.get("value", ()):
            for series in metric.get("timeseries", ()):
                value = next((str(each["value"]) for each in series.get("metadatavalues", ())), "")
                for point in series.get("data", ()):
                    if (average := point.get("average")) is not None:
                        begin = datetime.fromisoformat(point["timeStamp"])
                        yield metric["name"]["value"], value, round(begin.timestamp()), float(average)
