"""Whether a managed endpoint answers, from requests for one token.

The chains ask every relay for its health page once or twice a second; a service has no such page that costs
nothing. So a cluster of its own, whose one endpoint is the relay's port, asks for a token now and then, the
very way clients' requests go: signed, mapped, over TLS. The page says what that cluster knows.
"""

from __future__ import annotations

import json

from llmdeploy.serving.gateway.endpoints import socket_address
from llmdeploy.serving.gateway.filters import health_page
from llmdeploy.serving.gateway.managed import ManagedEndpoint
from llmdeploy.serving.gateway.managed_routes import GENERATION
from llmdeploy.serving.gateway.typed import Config, seconds, typed
from llmdeploy.serving.plan.gateway import GatewayPlan

LOST_PROBE_S = 2.0
"""Between probes of an endpoint that does not answer: it shall be used again soon."""
PATIENCE = 4
"""A probe waits this many intervals for its token, as it queues behind clients' requests."""
LONGEST_WAIT_S = 60.0
"""SageMaker ends a whole answer after 60 s (botocore, InvokeEndpoint)."""
FAILURES = 2
"""In a row, until the endpoint counts as lost: one may be chance. 503 is none: there it is not reachable or
does not know us."""
ANSWERS = ((200, 201), (400, 401), (422, 423), (429, 430))
"""From, and up to but without. Who is busy is not lost, nor a model that finds fault with the probe's
words."""


def probe_cluster_name(relay: str) -> str:
    """The cluster that probes through the relay of this name."""
    return f"probe.{relay}"


def probe_cluster(
    relay: str, host: str, port: int, endpoint: ManagedEndpoint, gateway: GatewayPlan
) -> Config:
    """It carries no request but its probes."""
    name = probe_cluster_name(relay)
    return typed(
        "config.cluster.v3.Cluster",
        name=name,
        type="STATIC",
        connect_timeout=seconds(gateway.connect_timeout_s),
        load_assignment={
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": socket_address(host, port)}}]}],
        },
        health_checks=[_check(endpoint)],
    )


def probe_page(relay: str, gateway: GatewayPlan) -> Config:
    """The filter that answers the relay's health page."""
    return health_page(gateway.health.path, probe_cluster_name(relay))


def _check(endpoint: ManagedEndpoint) -> Config:
    asked = {"model": endpoint.model, "messages": [{"role": "user", "content": "."}], "max_tokens": 1}
    every, lost = endpoint.probe_s, min(LOST_PROBE_S, endpoint.probe_s)
    return {
        "timeout": seconds(min(PATIENCE * every, LONGEST_WAIT_S)),
        "interval": seconds(every),
        "unhealthy_interval": seconds(lost),
        # Nothing but probes goes through this cluster.
        "no_traffic_interval": seconds(lost),
        "no_traffic_healthy_interval": seconds(every),
        "unhealthy_threshold": FAILURES,
        "healthy_threshold": 1,
        "http_health_check": {
            "path": GENERATION[0],
            "host": "probe",
            "method": "POST",
            "send": {"text": json.dumps(asked).encode().hex()},
            "request_headers_to_add": [{"header": {"key": "content-type", "value": "application/json"}}],
            "expected_statuses": [{"start": start, "end": end} for start, end in ANSWERS],
            "retriable_statuses": [{"start": 500, "end": 503}, {"start": 504, "end": 600}],
        },
    }
