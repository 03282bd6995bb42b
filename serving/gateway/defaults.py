"""The numbers a gateway has when the spec leaves them open, each with its reason.

The local ones are measured (`python -m bench.gateway`); the cloud ones follow from the same measurements and
from what honest answers take there, so that a healthy long answer is never mistaken for a hung replica.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from llmdeploy.serving.plan.gateway import HealthCheckPlan, HedgePlan, OutlierPlan, OverloadPlan, RetryPlan
from llmdeploy.serving.plan.model import Decision

Provider = Literal["local", "aws", "gcp", "azure"]

MAX_REQUEST_BYTES = 8 * 1024 * 1024
"""Twice a prompt of 1,000,000 tokens at 4 bytes a token; every request in flight may hold this much
memory."""

QUEUE_FACTOR = 4
"""Requests that may be in flight for each one that a region runs at once: a queue of three answers' time."""

LEAST_IN_FLIGHT = 256
"""Never refuse before this many in flight, however small the region: waiting costs the gateway little, 17 KiB
a connection and the request."""


@dataclass(frozen=True, slots=True)
class GatewayDefaults:
    """The parts of a `GatewayPlan` that follow from where it runs, and why they are as they are."""

    health: HealthCheckPlan
    hedge: HedgePlan
    retry: RetryPlan
    outlier: OutlierPlan
    overload: OverloadPlan
    connect_timeout_s: float
    decisions: tuple[Decision, ...]


def gateway_defaults(
    provider: Provider, *, health_path: str = "/health", region_concurrency: int = 8
) -> GatewayDefaults:
    """The defaults for gateways in front of replicas of this provider.

    Args:
        provider: where the replicas run.
        health_path: the page of a replica that answers 200 when it is ready.
        region_concurrency: requests that the largest region runs at once, all its replicas together.
    """
    local = provider == "local"
    limit = max(LEAST_IN_FLIGHT, QUEUE_FACTOR * region_concurrency)
    retry = RetryPlan(retries=1, budget_percent=20, minimum_concurrency=limit)
    overload = OverloadPlan(
        max_requests=limit, max_request_bytes=MAX_REQUEST_BYTES, retry_after_s=1 if local else 5
    )
    return _local(health_path, retry, overload) if local else _cloud(health_path, retry, overload)


def _local(health_path: str, retry: RetryPlan, overload: OverloadPlan) -> GatewayDefaults:
    return _with_reasons(
        health=HealthCheckPlan(
            path=health_path, interval_s=0.5, timeout_s=0.5, unhealthy_threshold=2, healthy_threshold=1
        ),
        hedge=HedgePlan(streaming_after_s=2, buffered_after_s=8),
        retry=retry,
        outlier=OutlierPlan(consecutive_failures=5, ejection_s=5),
        overload=overload,
        connect_timeout_s=0.25,
        hedge_reason="the bundled model begins within 0.3 s, and writes 1,000 tokens in 8 s on two cores",
    )


def _cloud(health_path: str, retry: RetryPlan, overload: OverloadPlan) -> GatewayDefaults:
    return _with_reasons(
        health=HealthCheckPlan(
            path=health_path, interval_s=1, timeout_s=2, unhealthy_threshold=3, healthy_threshold=2
        ),
        hedge=HedgePlan(streaming_after_s=10, buffered_after_s=60),
        retry=retry,
        outlier=OutlierPlan(consecutive_failures=5, ejection_s=30),
        overload=overload,
        connect_timeout_s=1.0,
        hedge_reason="above the 99th percentile of time to first token with a queue, and of whole answers",
    )


def _with_reasons(
    health: HealthCheckPlan,
    hedge: HedgePlan,
    retry: RetryPlan,
    outlier: OutlierPlan,
    overload: OverloadPlan,
    connect_timeout_s: float,
    hedge_reason: str,
) -> GatewayDefaults:
    lost_after_s = health.interval_s * health.unhealthy_threshold + health.timeout_s
    decisions = (
        _decision(
            "health",
            f"{health.path} every {health.interval_s:g} s",
            f"{health.unhealthy_threshold} failed checks: "
            f"a hung replica gets no new request after {lost_after_s:g} s",
        ),
        _decision(
            "hedge",
            f"streams after {hedge.streaming_after_s:g} s, whole answers after {hedge.buffered_after_s:g} s",
            f"{hedge_reason}; the first try is never cut",
        ),
        _decision(
            "retry",
            f"{retry.retries} in the next region, {retry.minimum_concurrency} at once",
            "one covers a lost region and keeps a slow healthy answer at two copies; "
            "all requests of a lost region must fit",
        ),
        _decision(
            "outlier",
            f"out for {outlier.ejection_s:g} s after {outlier.consecutive_failures} errors answered in a row",
            "a replica that answers its health page but fails requests must not get more; half at most",
        ),
        _decision(
            "overload",
            f"{overload.max_requests} requests in flight, {overload.max_request_bytes // 2**20} MiB each",
            f"four times what a region runs at once, at least {LEAST_IN_FLIGHT}; then 503 with Retry-After",
        ),
        _decision(
            "connect_timeout",
            f"{connect_timeout_s:g} s",
            "a replica that cannot be reached costs a request this long before its retry",
        ),
    )
    return GatewayDefaults(health, hedge, retry, outlier, overload, connect_timeout_s, decisions)


def _decision(name: str, value: str, reason: str) -> Decision:
    return Decision(path=f"gateway.{name}", value=value, reason=reason)
