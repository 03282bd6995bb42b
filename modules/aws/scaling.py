"""How many replicas there are: by the load that they publish, and by the spot capacity there is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.pool import Pool
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.node.request import METRICS, NAMESPACE
from llmdeploy.serving.plan.model import RegionPlan

MINUTE_S = 60
SHORT_MINUTES = 5
"""An instance is in service within two minutes of being asked for; after these, capacity is short."""
SETTLING_S = 180
"""A further instance is not asked for on figures that do not show the last one yet."""
TARGET_LOAD = 0.7
"""Requests running and waiting over those that a replica runs at once. A replica takes minutes to load, so
there must be room for what comes meanwhile."""
MOST_AT_ONCE = 19
"""Steps that a policy has room for: 20, of which the last is open (autoscaling, StepAdjustments)."""


class Scaling(Block):
    """Target tracking on the replicas' own load, and the fallback of a spot group.

    Args:
        by_load: whether the load says how many replicas there are. The metric is one for all replicas of the
            stack in the region, so it can speak for one version alone: the region's own.
    """

    def __init__(
        self,
        scope: Scope,
        region: RegionPlan,
        pool: Pool,
        by_load: bool = True,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.LOAD, opts)
        assert region.startup is not None
        if by_load and region.max_replicas > region.min_replicas:
            self._track_load(pool, region.target_load or TARGET_LOAD)
        if pool.fallback is not None and region.max_replicas > 0:
            self._cover_shortage(pool.group, pool.fallback, region.max_replicas, region.startup.timeout_s)
        self.register_outputs({})

    def _track_load(self, pool: Pool, target: float) -> None:
        """The metric is a mean over replicas, so it falls as they grow in number."""
        aws.autoscaling.Policy(
            self.scope.named(names.LOAD),
            autoscaling_group_name=pool.group,
            policy_type="TargetTrackingScaling",
            target_tracking_configuration={
                "target_value": target,
                "customized_metric_specification": {
                    "namespace": NAMESPACE,
                    "metric_name": METRICS["aws"],
                    "statistic": "Average",
                    "metric_dimensions": [{"name": "Stack", "value": self.scope.deployment.stack}],
                },
            },
            region=self.scope.location,
            opts=self.options(),
        )

    def _cover_shortage(
        self, spot: pulumi.Output[str], fallback: pulumi.Output[str], most: int, startup_s: int
    ) -> None:
        """An Auto Scaling group never turns a spot request that failed into an on-demand one. What the spot
        group wants and has not, less what the fallback was already asked for, is the gap: a positive one is
        filled after minutes; a negative one is taken back one by one, once returned spot instances had the
        time to load the model.
        """
        more = self._policy(
            names.SHORT,
            fallback,
            policy_type="StepScaling",
            adjustment_type="ChangeInCapacity",
            metric_aggregation_type="Maximum",
            estimated_instance_warmup=SETTLING_S,
            step_adjustments=steps(min(most, MOST_AT_ONCE)),
        )
        fewer = self._policy(
            names.COVERED,
            fallback,
            policy_type="SimpleScaling",
            adjustment_type="ChangeInCapacity",
            scaling_adjustment=-1,
            cooldown=SETTLING_S,
        )
        patience = math.ceil(startup_s / MINUTE_S) + SHORT_MINUTES
        self._alarm(names.SHORT, gap(spot, fallback), "GreaterThanOrEqualToThreshold", 1, SHORT_MINUTES, more)
        self._alarm(names.COVERED, gap(spot, fallback), "LessThanOrEqualToThreshold", -1, patience, fewer)

    def _policy(self, part: str, group: pulumi.Output[str], **more: Any) -> aws.autoscaling.Policy:
        return aws.autoscaling.Policy(
            self.scope.named(part),
            autoscaling_group_name=group,
            region=self.scope.location,
            opts=self.options(),
            **more,
        )

    def _alarm(
        self,
        part: str,
        queries: Sequence[aws.cloudwatch.MetricAlarmMetricQueryArgsDict],
        comparison: str,
        threshold: int,
        minutes: int,
        policy: aws.autoscaling.Policy,
    ) -> None:
        aws.cloudwatch.MetricAlarm(
            self.scope.named(part),
            alarm_description="Spot capacity that the on-demand fallback has yet to cover, or no longer need",
            metric_queries=queries,
            comparison_operator=comparison,
            threshold=threshold,
            evaluation_periods=minutes,
            datapoints_to_alarm=minutes,
            treat_missing_data="notBreaching",
            alarm_actions=[policy.arn],
            region=self.scope.location,
            tags=self.scope.tags(part),
            opts=self.options(),
        )


def steps(most: int) -> list[dict[str, Any]]:
    """For each size of the gap as many instances, in one go. Bounds are counted from the alarm's threshold,
    which is 1; the last step is open.
    """
    return [
        {
            "scaling_adjustment": size,
            "metric_interval_lower_bound": str(size - 1),
            **({"metric_interval_upper_bound": str(size)} if size < most else {}),
        }
        for size in range(1, most + 1)
    ]


def gap(
    spot: pulumi.Output[str], fallback: pulumi.Output[str]
) -> list[aws.cloudwatch.MetricAlarmMetricQueryArgsDict]:
    """The metric: spot instances wanted and not there, less on-demand ones asked for."""
    return [
        {"id": "gap", "expression": "wanted - there - asked", "label": "gap", "return_data": True},
        _group_metric("wanted", "GroupDesiredCapacity", spot),
        _group_metric("there", "GroupInServiceInstances", spot),
        _group_metric("asked", "GroupDesiredCapacity", fallback),
    ]


def _group_metric(
    identifier: str, metric: str, group: pulumi.Output[str]
) -> aws.cloudwatch.MetricAlarmMetricQueryArgsDict:
    return {
        "id": identifier,
        "metric": {
            "namespace": "AWS/AutoScaling",
            "metric_name": metric,
            "dimensions": {"AutoScalingGroupName": group},
            "period": MINUTE_S,
            "stat": "Average",
        },
    }
