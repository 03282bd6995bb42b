"""What is watched of an endpoint, by its name: the alarms are there before it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.alarms import ERROR_MINUTES, ERROR_PERCENT, MINUTE_S
from llmdeploy.modules.aws.scope import Block, Scope

NAMESPACE = "AWS/SageMaker"
"""Metrics: docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch."""
SLOW_S = 55
"""A whole answer is cut after 60 s (botocore 1.44.8, sagemaker-runtime InvokeEndpoint)."""
MICROSECONDS = 1_000_000
"""ModelLatency is in microseconds."""


class EndpointAlarms(Block):
    """Replicas that answer errors, and replicas of which not even the quickest answer of a minute comes in
    time. Either takes an update of the endpoint back; neither is raised by an endpoint without replicas.
    """

    rolling_back: list[pulumi.Output[str]]
    """Names."""

    def __init__(
        self, scope: Scope, dimensions: Mapping[str, str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(scope, names.ENDPOINT_ALARMS, opts)
        self._dimensions = dict(dimensions)
        errors = self._alarm(
            names.ENDPOINT_ERRORS,
            "The endpoint answers 5xx",
            metric_queries=[
                {
                    "id": "share",
                    "expression": "100 * FILL(errors, 0) / requests",
                    "label": "percent",
                    "return_data": True,
                },
                self._sum("errors", "Invocation5XXErrors"),
                self._sum("requests", "Invocations"),
            ],
            threshold=ERROR_PERCENT,
        )
        slow = self._alarm(
            names.ENDPOINT_SLOW,
            f"No answer of the endpoint within {SLOW_S} s",
            namespace=NAMESPACE,
            metric_name="ModelLatency",
            dimensions=self._dimensions,
            statistic="Minimum",
            period=MINUTE_S,
            threshold=SLOW_S * MICROSECONDS,
        )
        self.rolling_back = [errors.name, slow.name]
        self.register_outputs({})

    def _alarm(self, part: str, text: str, **metric: Any) -> aws.cloudwatch.MetricAlarm:
        return aws.cloudwatch.MetricAlarm(
            self.scope.named(part),
            alarm_description=text,
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=ERROR_MINUTES,
            datapoints_to_alarm=ERROR_MINUTES,
            treat_missing_data="notBreaching",
            region=self.scope.location,
            tags=self.scope.tags(part),
            opts=self.options(),
            **metric,
        )

    def _sum(self, identifier: str, metric: str) -> aws.cloudwatch.MetricAlarmMetricQueryArgsDict:
        return {
            "id": identifier,
            "metric": {
                "namespace": NAMESPACE,
                "metric_name": metric,
                "dimensions": self._dimensions,
                "period": MINUTE_S,
                "stat": "Sum",
            },
        }
