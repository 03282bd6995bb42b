"""How an endpoint goes over to another configuration, and how long that may take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from llmdeploy.serving.plan.model import RegionPlan

if TYPE_CHECKING:
    import pulumi_aws as aws

    Update: TypeAlias = aws.sagemaker.EndpointDeploymentConfigArgsDict
    Size: TypeAlias = aws.sagemaker.EndpointDeploymentConfigRollingUpdatePolicyMaximumBatchSizeArgsDict

WATCHED_S = 300
"""How long the new replicas are watched before the next ones, as a refresh of instances: an alarm needs two
minutes."""
LEAST_S, MOST_S = 600, 14400
"""Of an update as a whole: what terraform-provider-aws takes; the service itself would take 28,800."""
MOST_SMALL_STEPS = 20
"""A step is 5 % of the replicas at least (botocore 1.44.8, sagemaker RollingUpdatePolicy)."""
LEAST_PERCENT, MOST_PERCENT = 5, 50


def how_to_update(version: RegionPlan) -> Update:
    """A few replicas at a time where there are several, which takes no more instances than a step has; one
    alone cannot be replaced in parts, so a second stands beside it until it is taken over.

    Of the largest instances (P) one is replaced at a time: quota and capacity for more are rare.
    """
    if version.min_replicas < 2:
        return {
            "blue_green_update_policy": {
                "traffic_routing_configuration": {
                    "type": "ALL_AT_ONCE",
                    "wait_interval_in_seconds": WATCHED_S,
                },
                "maximum_execution_timeout_in_seconds": _within(version, 1),
            }
        }
    size = batch(version)
    steps = (
        version.max_replicas if size["type"] == "INSTANCE_COUNT" else math.ceil(100 / int(str(size["value"])))
    )
    return {
        "rolling_update_policy": {
            "maximum_batch_size": size,
            "rollback_maximum_batch_size": {"type": size["type"], "value": size["value"]},
            "wait_interval_in_seconds": WATCHED_S,
            "maximum_execution_timeout_in_seconds": _within(version, steps),
        }
    }


def batch(version: RegionPlan) -> Size:
    """The replicas of a step: 5 to 50 % of them, by the service's rule."""
    assert version.managed is not None
    if not version.managed.unit.startswith("ml.p"):
        return {"type": "CAPACITY_PERCENT", "value": MOST_PERCENT}
    if version.max_replicas <= MOST_SMALL_STEPS:
        return {"type": "INSTANCE_COUNT", "value": 1}
    return {"type": "CAPACITY_PERCENT", "value": LEAST_PERCENT}


def _within(version: RegionPlan, steps: int) -> int:
    managed = version.managed
    assert managed is not None
    each = managed.download_timeout_s + managed.startup_timeout_s + WATCHED_S
    return min(MOST_S, max(LEAST_S, steps * each))
