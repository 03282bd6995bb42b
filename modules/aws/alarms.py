"""What is watched of a version's replicas in a region."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.fleet import Targets
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.plan.model import RegionPlan

MINUTE_S = 60
ERROR_PERCENT = 1.0
"""Of the requests that replicas answer; an assumption, as the example of `rollout.abort_on`."""
ERROR_MINUTES = 2
LOST_MINUTES = 5


class Alarms(Block):
    """Replicas that answer errors, and replicas that are not there.

    Only the first rolls a refresh back: it needs replicas in service, where the second is also raised by a
    fleet that is broken already, which then could not be mended. A replica that never gets ready fails the
    refresh by itself.
    """

    errors: pulumi.Output[str]
    """Name of the alarm that rolls back."""

    def __init__(
        self, scope: Scope, region: RegionPlan, targets: Targets, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(scope, names.ALARMS, opts)
        errors = aws.cloudwatch.MetricAlarm(
            scope.named(names.ERRORS),
            alarm_description="Replicas answer 5xx",
            metric_queries=[
                {
                    "id": "share",
                    "expression": "100 * FILL(errors, 0) / requests",
                    "label": "percent",
                    "return_data": True,
                },
                self._sum("errors", "HTTPCode_Target_5XX_Count", targets),
                self._sum("requests", "RequestCount", targets),
            ],
            comparison_operator="GreaterThanThreshold",
            threshold=ERROR_PERCENT,
            evaluation_periods=ERROR_MINUTES,
            datapoints_to_alarm=ERROR_MINUTES,
            treat_missing_data="notBreaching",
            region=scope.location,
            tags=scope.tags(names.ERRORS),
            opts=self.options(),
        )
        aws.cloudwatch.MetricAlarm(
            scope.named(names.LOST),
            alarm_description="Fewer healthy replicas than scaling.min",
            namespace="AWS/ApplicationELB",
            metric_name="HealthyHostCount",
            dimensions=targets.dimensions,
            statistic="Minimum",
            period=MINUTE_S,
            comparison_operator="LessThanThreshold",
            threshold=region.min_replicas,
            evaluation_periods=LOST_MINUTES,
            datapoints_to_alarm=LOST_MINUTES,
            # Where none are wanted, as in a region that is drained, nothing tells of any.
            treat_missing_data="breaching" if region.min_replicas else "notBreaching",
            region=scope.location,
            tags=scope.tags(names.LOST),
            opts=self.options(),
        )
        self.errors = errors.name
        self.register_outputs({})

    def _sum(
        self, identifier: str, metric: str, targets: Targets
    ) -> aws.cloudwatch.MetricAlarmMetricQueryArgsDict:
        return {
            "id": identifier,
            "metric": {
                "namespace": "AWS/ApplicationELB",
                "metric_name": metric,
                "dimensions": targets.dimensions,
                "period": MINUTE_S,
                "stat": "Sum",
            },
        }
