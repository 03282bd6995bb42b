"""One page in CloudWatch for a region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.bedrock import METRICS as OF_MODELS
from llmdeploy.modules.aws.bedrock import BedrockModel
from llmdeploy.modules.aws.fleet import Fleet
from llmdeploy.modules.aws.front import Front
from llmdeploy.modules.aws.pool import GROUP_METRICS, Pool
from llmdeploy.modules.aws.sagemaker import SageMakerEndpoint
from llmdeploy.modules.aws.sagemaker_alarms import NAMESPACE as OF_ENDPOINTS
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.node.request import METRICS, NAMESPACE

WIDTH, HEIGHT, COLUMNS = 8, 6, 3
"""Of a graph; a dashboard is 24 wide."""
Metric = Sequence[Any]


class Dashboard(Block):
    """Load, replicas, answers, and how long they take.

    Args:
        fleet: None where the region has no instances.
        pools: of each version that is instances.
        endpoints: of each version that SageMaker runs.
        models: of each version that Bedrock runs.
    """

    def __init__(
        self,
        scope: Scope,
        front: Front,
        fleet: Fleet | None,
        pools: Sequence[Pool],
        endpoints: Sequence[SageMakerEndpoint],
        models: Sequence[BedrockModel],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.DASHBOARD, opts)
        graphs = [
            *(self._of_instances(fleet, pools) if fleet is not None else ()),
            self._graph("Requests at the front", "Sum", [_metric("RequestCount", front.dimensions)]),
            self._graph(
                "Errors",
                "Sum",
                [
                    _metric("HTTPCode_Target_5XX_Count", front.dimensions),
                    _metric("HTTPCode_ELB_5XX_Count", front.dimensions),
                    *(_of_versions("HTTPCode_Target_5XX_Count", fleet) if fleet is not None else ()),
                    *_of_endpoints("Invocation5XXErrors", endpoints),
                    *_of_models("InvocationServerErrors", models),
                ],
            ),
            *(self._of_answers(fleet) if fleet is not None else ()),
            *(self._of_services(endpoints) if endpoints else ()),
            *(self._of_imports(models) if models else ()),
        ]
        body = {"widgets": [{**graph, **_place(index)} for index, graph in enumerate(graphs)]}
        aws.cloudwatch.Dashboard(
            scope.named(names.DASHBOARD),
            dashboard_name=f"{scope.deployment.stack}-{scope.location}",
            dashboard_body=pulumi.Output.json_dumps(body),
            region=scope.location,
            opts=self.options(),
        )
        self.register_outputs({})

    def _of_instances(self, fleet: Fleet, pools: Sequence[Pool]) -> Sequence[Mapping[str, Any]]:
        load = [NAMESPACE, METRICS["aws"], "Stack", self.scope.deployment.stack]
        groups = [
            ["AWS/AutoScaling", metric, "AutoScalingGroupName", group]
            for pool in pools
            for group in pool.groups
            for metric in GROUP_METRICS
        ]
        return (
            self._graph("Load of the replicas (1: full)", "Average", [load]),
            self._graph("Instances wanted and there", "Average", groups),
            self._graph("Healthy replicas", "Minimum", _of_versions("HealthyHostCount", fleet)),
        )

    def _of_answers(self, fleet: Fleet) -> Sequence[Mapping[str, Any]]:
        times = _of_versions("TargetResponseTime", fleet)
        return (self._graph("Seconds to the first byte, p95", "p95", times),)

    def _of_services(self, endpoints: Sequence[SageMakerEndpoint]) -> Sequence[Mapping[str, Any]]:
        return (
            self._graph(
                "Requests at once in each replica of the endpoint",
                "Maximum",
                [_metric(each.at_once, each.dimensions, OF_ENDPOINTS) for each in endpoints],
            ),
            self._graph("Requests at the endpoint", "Sum", _of_endpoints("Invocations", endpoints)),
            self._graph(
                "Microseconds of an answer of the endpoint, p95",
                "p95",
                _of_endpoints("ModelLatency", endpoints),
            ),
        )

    def _of_imports(self, models: Sequence[BedrockModel]) -> Sequence[Mapping[str, Any]]:
        latency = _of_models("InvocationLatency", models)
        return (
            self._graph("Requests at the imported model", "Sum", _of_models("Invocations", models)),
            self._graph("Milliseconds of an answer of the imported model, p95", "p95", latency),
        )

    def _graph(self, title: str, statistic: str, metrics: Sequence[Metric]) -> Mapping[str, Any]:
        properties = {
            "title": title,
            "view": "timeSeries",
            "region": self.scope.location,
            "stat": statistic,
            "period": 60,
            "metrics": list(metrics),
        }
        return {"type": "metric", "properties": properties}


def _of_versions(name: str, fleet: Fleet) -> list[Metric]:
    return [_metric(name, targets.dimensions) for targets in fleet.targets.values()]


def _of_endpoints(name: str, endpoints: Sequence[SageMakerEndpoint]) -> list[Metric]:
    return [_metric(name, each.dimensions, OF_ENDPOINTS) for each in endpoints]


def _of_models(name: str, models: Sequence[BedrockModel]) -> list[Metric]:
    return [_metric(name, each.dimensions, OF_MODELS) for each in models]


def _metric(
    name: str, dimensions: Mapping[str, pulumi.Input[str]], namespace: str = "AWS/ApplicationELB"
) -> Metric:
    return [namespace, name, *(word for pair in dimensions.items() for word in pair)]


def _place(index: int) -> Mapping[str, int]:
    row, column = divmod(index, COLUMNS)
    return {"x": column * WIDTH, "y": row * HEIGHT, "width": WIDTH, "height": HEIGHT}
