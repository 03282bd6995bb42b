"""How an endpoint goes over to another configuration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import pulumi
    import pulumi_aws as aws

    Update: TypeAlias = aws.sagemaker.EndpointDeploymentConfigArgsDict

WATCHED_S = 300
"""How long the new replicas are watched before the old ones go, as in a refresh of instances: an alarm needs
two minutes."""
MOST_S = 14400
"""Of an update as a whole: the most that terraform-provider-aws takes; the service would take 28,800."""


def how_to_update(alarms: Sequence[pulumi.Input[str]]) -> Update:
    """New replicas beside the old ones, which serve until all of the new ones do.

    The other way, a few at a time, takes fewer instances, but must replace 5 to 50 % of those that there are
    at that moment (botocore 1.44.8, sagemaker RollingUpdatePolicy): it is refused where there is one, as of a
    canary, or while little is asked. And the policy must not follow from the number of replicas: a change of
    it alone is an update of its own, which starts all replicas anew.

    Args:
        alarms: names of those that take it back.
    """
    return {
        "blue_green_update_policy": {
            "traffic_routing_configuration": {
                "type": "ALL_AT_ONCE",
                "wait_interval_in_seconds": WATCHED_S,
            },
            "maximum_execution_timeout_in_seconds": MOST_S,
        },
        "auto_rollback_configuration": {"alarms": [{"alarm_name": name} for name in alarms]},
    }
