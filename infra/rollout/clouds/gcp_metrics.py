"""What is read of load balancers, of Vertex AI's endpoints and of Cloud Run's services.

"Google Cloud metrics": loadbalancing, aiplatform and run.googleapis.com (monitoring/api/metrics_gcp).
"""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.infra.fleet.endpoints import EndpointFacts
from llmdeploy.infra.fleet.facts import GcpFleetFacts


@dataclass(frozen=True, slots=True)
class Metrics:
    """Where the figures of a version are.

    Args:
        requests: counted by `response_code`.
        durations: milliseconds, until the last byte of the answer.
        filters: what chooses the version.
    """

    requests: str
    durations: str
    filters: tuple[str, ...]


def metrics_of(location: str, facts: GcpFleetFacts) -> Metrics:
    """Those of a version."""
    if facts.endpoint is not None:
        return _endpoint(location, facts.endpoint)
    return Metrics(
        "loadbalancing.googleapis.com/https/internal/request_count",
        "loadbalancing.googleapis.com/https/internal/backend_latencies",
        (
            'resource.type = "internal_http_lb_rule"',
            f'resource.labels.region = "{location}"',
            f'resource.labels.backend_target_name = "{facts.backend}"',
        ),
    )


def _endpoint(location: str, facts: EndpointFacts) -> Metrics:
    name = facts.endpoint.rpartition("/")[2]
    if facts.service == "cloud-run":
        return Metrics(
            "run.googleapis.com/request_count",
            "run.googleapis.com/request_latencies",
            (
                'resource.type = "cloud_run_revision"',
                f'resource.labels.location = "{location}"',
                f'resource.labels.service_name = "{name}"',
            ),
        )
    return Metrics(
        "aiplatform.googleapis.com/prediction/online/response_count",
        "aiplatform.googleapis.com/prediction/online/prediction_latencies",
        (
            'resource.type = "aiplatform.googleapis.com/Endpoint"',
            f'resource.labels.location = "{location}"',
            f'resource.labels.endpoint_id = "{name}"',
        ),
    )
