"""The dashboard: what comes in, how it is answered, and how the fleets are."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.scaling import LOAD
from llmdeploy.modules.gcp.shortage import METRIC as SHORTAGE

COLUMNS, WIDTH, HEIGHT = 48, 24, 16
"""Of Cloud Monitoring's mosaic (monitoring API, dashboards)."""


def dashboard(stack: str, url_map: str, locations: Sequence[str], labels: Mapping[str, str]) -> str:
    """JSON for the Monitoring API. A line a region where that is what differs."""
    front = f'resource.type = "https_lb_rule" AND resource.labels.url_map_name = "{url_map}"'
    balancing = "loadbalancing.googleapis.com/https"
    own = f'metric.type = "{LOAD}" AND resource.type = "gce_instance" AND metric.labels.stack = "{stack}"'
    short = f'metric.type = "{SHORTAGE}" AND resource.labels.namespace = "{stack}"'
    charts = [
        _chart(
            "Requests a second, by kind of answer",
            f'metric.type = "{balancing}/request_count" AND {front}',
            "ALIGN_RATE",
            "REDUCE_SUM",
            "metric.label.response_code_class",
        ),
        _chart(
            "Time to the last byte, 95th percentile",
            f'metric.type = "{balancing}/total_latencies" AND {front}',
            "ALIGN_DELTA",
            "REDUCE_PERCENTILE_95",
        ),
        _chart(
            "Time of the region's gateways to the first byte, 95th percentile",
            f'metric.type = "{balancing}/backend_latencies" AND {front}',
            "ALIGN_DELTA",
            "REDUCE_PERCENTILE_95",
            "resource.label.backend_scope",
        ),
        _chart("Load of a replica, by zone", own, "ALIGN_MEAN", "REDUCE_MEAN", "resource.label.zone"),
        _chart("Replicas that publish, by zone", own, "ALIGN_MEAN", "REDUCE_COUNT", "resource.label.zone"),
        _chart("Spot replicas missing", short, "ALIGN_MAX", "REDUCE_MAX", "resource.label.location"),
        *(_gateway_chart(stack, location) for location in locations),
    ]
    shown = {
        "displayName": f"llmdeploy {stack}",
        "mosaicLayout": {"columns": COLUMNS, "tiles": [_tile(i, chart) for i, chart in enumerate(charts)]},
        "labels": dict.fromkeys(labels, ""),
    }
    return json.dumps(shown, sort_keys=True)


def _gateway_chart(stack: str, location: str) -> dict[str, Any]:
    prefix = names.base_instance(stack, location, names.GATEWAY)
    return _chart(
        f"CPU of the gateways in {location}",
        'metric.type = "compute.googleapis.com/instance/cpu/utilization" AND resource.type = "gce_instance"'
        f' AND metric.labels.instance_name = starts_with("{prefix}")',
        "ALIGN_MEAN",
        "REDUCE_NONE",
    )


def _chart(title: str, wanted: str, aligner: str, reducer: str, by: str | None = None) -> dict[str, Any]:
    aggregation: dict[str, Any] = {
        "alignmentPeriod": "60s",
        "perSeriesAligner": aligner,
        "crossSeriesReducer": reducer,
    }
    if by is not None:
        aggregation["groupByFields"] = [by]
    query = {"timeSeriesQuery": {"timeSeriesFilter": {"filter": wanted, "aggregation": aggregation}}}
    return {"title": title, "xyChart": {"dataSets": [{**query, "plotType": "LINE"}]}}


def _tile(index: int, chart: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(index, COLUMNS // WIDTH)
    return {
        "xPos": column * WIDTH,
        "yPos": row * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "widget": chart,
    }
