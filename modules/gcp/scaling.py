"""How many GPU instances a region runs, by the load that each publishes."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.gcp.fleet import Fleet
from llmdeploy.serving.node.request import METRICS

LOAD = f"custom.googleapis.com/{METRICS['gcp']}"
"""Requests run and waiting in an instance, over those that it runs at once (serving/node/scripts/load.sh)."""
TARGET_LOAD = 0.7
"""The load to hold. A new instance takes minutes to load, so there must be room for what comes meanwhile."""


def follow_load(
    name: str, fleet: Fleet, stack: str, group: pulumi.Output[str], opts: pulumi.ResourceOptions
) -> None:
    """As many instances as hold the average load at its target. An instance counts once it has loaded."""
    from pulumi_gcp import compute

    compute.RegionAutoscaler(
        name,
        region=fleet.location,
        target=group,
        autoscaling_policy={
            "mode": "ON",
            "min_replicas": fleet.least,
            "max_replicas": fleet.most,
            "cooldown_period": fleet.startup.warm_up_s,
            "metrics": [
                {
                    "name": LOAD,
                    "type": "GAUGE",
                    "target": fleet.target_load or TARGET_LOAD,
                    "filter": f'metric.labels.stack = "{stack}" AND resource.type = "gce_instance"',
                }
            ],
            # Loading is dear: one instance at a time goes, and none soon after one was needed.
            "scale_in_control": {
                "max_scaled_in_replicas": {"fixed": 1},
                "time_window_sec": max(600, fleet.startup.warm_up_s),
            },
        },
        opts=opts,
    )
