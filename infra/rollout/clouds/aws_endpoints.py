"""What is read of endpoints that SageMaker or Bedrock runs.

Metrics: "Metrics for monitoring Amazon SageMaker AI with Amazon CloudWatch" (sagemaker/latest/dg,
monitoring-cloudwatch), and "Monitor the performance of Amazon Bedrock" (bedrock/latest/userguide,
monitoring). Both say nothing of the first token, and a service that does not answer at all counts nothing:
that is seen by who asks, the gateways' probes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from llmdeploy.infra.fleet.endpoints import EndpointFacts
from llmdeploy.infra.rollout.clouds.aws_figures import buckets
from llmdeploy.infra.rollout.clouds.aws_metrics import BOUNDS
from llmdeploy.infra.rollout.clouds.minutes import MINUTE_S, Minute, Told


@dataclass(frozen=True, slots=True)
class _Metrics:
    """Names of one service's metrics.

    Args:
        units: of the duration, in a second.
    """

    namespace: str
    requests: str
    failed: str
    duration: str
    units: float


METRICS: Final = {
    "sagemaker": _Metrics("AWS/SageMaker", "Invocations", "Invocation5XXErrors", "ModelLatency", 1e6),
    "bedrock": _Metrics("AWS/Bedrock", "Invocations", "InvocationServerErrors", "InvocationLatency", 1e3),
}


def endpoint_queries(version: str, facts: EndpointFacts) -> Iterator[dict[str, Any]]:
    """Of one version. `version`: what the queries' names begin with."""
    metrics = METRICS[facts.service]
    asked = [
        ("requests", metrics.requests, "Sum"),
        ("failed", metrics.failed, "Sum"),
        ("count", metrics.duration, "SampleCount"),
        ("time", metrics.duration, "Sum"),
        # Trimmed count: how many were at most so long.
        *(
            (f"within{index}", metrics.duration, f"TC(0:{bound * metrics.units:g})")
            for index, bound in enumerate(BOUNDS)
        ),
    ]
    for name, metric, statistic in asked:
        wanted = {"Namespace": metrics.namespace, "MetricName": metric, "Dimensions": _dimensions(facts)}
        yield {
            "Id": f"{version}_{name}",
            "MetricStat": {"Metric": wanted, "Period": MINUTE_S, "Stat": statistic},
        }


def endpoint_told(
    figures: Mapping[str, Mapping[int, float]], version: str, facts: EndpointFacts, begins: Sequence[int]
) -> Told:
    """From the answers to those queries to minutes."""
    requests = figures.get(f"{version}_requests", {})
    if not requests:
        return Told()
    units = METRICS[facts.service].units

    def at(name: str, begin: int) -> float:
        return figures.get(f"{version}_{name}", {}).get(begin, 0.0)

    minutes = {}
    for begin in begins:
        asked, failed = round(at("requests", begin)), round(at("failed", begin))
        within = [at(f"within{index}", begin) for index in range(len(BOUNDS))]
        minutes[begin] = Minute(
            max(0, asked - failed),
            failed,
            0,
            dict(buckets(within, at("count", begin))),
            at("time", begin) / units,
        )
    return Told(minutes, max(requests) + MINUTE_S)


def _dimensions(facts: EndpointFacts) -> list[dict[str, str]]:
    if facts.service == "bedrock":
        return [{"Name": "ModelId", "Value": facts.endpoint}]
    if facts.component:
        return [{"Name": "InferenceComponentName", "Value": facts.component}]
    return [
        {"Name": "EndpointName", "Value": facts.endpoint},
        {"Name": "VariantName", "Value": facts.variant},
    ]
