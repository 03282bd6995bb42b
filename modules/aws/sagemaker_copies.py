"""Copies of a model on an endpoint that may have none: how many there are, and what wakes the first
(docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-zero-instances).
"""

from __future__ import annotations

from typing import Final

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.alarms import MINUTE_S
from llmdeploy.modules.aws.sagemaker_alarms import NAMESPACE
from llmdeploy.modules.aws.sagemaker_scaling import COPIES, scale_by_load
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.serving.plan.model import RegionPlan

UNANSWERED: Final = "NoCapacityInvocationFailures"
"""Requests that found no copy."""
WAKES_S: Final = 60
"""Between two wakings, as AWS's own example has it."""


def scale_copies(
    scope: Scope,
    version: RegionPlan,
    component: pulumi.Output[str],
    dimensions: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """Hold the load of each copy at the target, down to none, and wake one when a request finds none: by the
    load alone none would ever start, as without copies there is none.

    Args:
        component: its name.
        dimensions: of its metrics.
    """
    resource = pulumi.Output.concat("inference-component/", component)
    target = scale_by_load(scope, version, COPIES, resource, version.min_replicas, opts)
    if version.min_replicas == version.max_replicas:
        return
    if version.min_replicas == 0:
        _wake(scope, target, dimensions, opts)


def _wake(
    scope: Scope,
    target: aws.appautoscaling.Target,
    dimensions: dict[str, str],
    opts: pulumi.ResourceOptions,
) -> None:
    """To one copy, not to one more: requests go on finding none for the minutes in which the first starts,
    each of which would add another.
    """
    policy = aws.appautoscaling.Policy(
        scope.named(names.ENDPOINT_WAKES),
        policy_type="StepScaling",
        service_namespace=target.service_namespace,
        scalable_dimension=target.scalable_dimension,
        resource_id=target.resource_id,
        step_scaling_policy_configuration={
            "adjustment_type": "ExactCapacity",
            "metric_aggregation_type": "Maximum",
            "cooldown": WAKES_S,
            "step_adjustments": [{"metric_interval_lower_bound": "0", "scaling_adjustment": 1}],
        },
        region=scope.location,
        opts=opts,
    )
    aws.cloudwatch.MetricAlarm(
        scope.named(names.ENDPOINT_WAKES),
        alarm_description="A request found no copy: one is started",
        namespace=NAMESPACE,
        metric_name=UNANSWERED,
        dimensions=dimensions,
        statistic="Sum",
        period=MINUTE_S,
        evaluation_periods=1,
        datapoints_to_alarm=1,
        threshold=1,
        comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data="notBreaching",
        alarm_actions=[policy.arn],
        region=scope.location,
        tags=scope.tags(names.ENDPOINT_WAKES),
        opts=opts,
    )
