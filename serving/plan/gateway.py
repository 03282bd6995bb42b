"""What the gateway promises, as data: the same numbers configure Envoy locally and in every cloud."""

from __future__ import annotations

from typing import Literal

from llmdeploy.serving.frozen import Frozen


class HealthCheckPlan(Frozen):
    """Active health checks of every replica. Seconds."""

    path: str
    interval_s: float
    timeout_s: float
    unhealthy_threshold: int
    healthy_threshold: int


class HedgePlan(Frozen):
    """When to send a second copy of a request that has not begun to answer, without cutting the first.
    Seconds.

    A non-streaming answer sends its headers only when generation ends, so the two kinds need different
    delays.
    """

    streaming_after_s: float
    buffered_after_s: float


class RetryPlan(Frozen):
    """How often a failed request is tried elsewhere, and how much extra load that may make."""

    retries: int
    """Further tries after the first."""
    budget_percent: float
    """Tries and hedges in flight, as a share of the requests in flight."""
    minimum_concurrency: int
    """Tries always allowed, however few requests are in flight."""


class OutlierPlan(Frozen):
    """A replica that answers this many errors (500 and above) in a row is put aside for this many seconds."""

    consecutive_failures: int
    ejection_s: float


class OverloadPlan(Frozen):
    """Past these limits the gateway answers 503 or 429 with Retry-After instead of queueing without end."""

    max_requests: int
    """Requests in flight to one region."""
    max_request_bytes: int
    retry_after_s: int


class GatewayTierPlan(Frozen):
    """The Envoys of one cloud region, each a task or a small instance of its own."""

    least: int
    most: int
    vcpu: float
    memory_gib: float


class GatewayPlan(Frozen):
    """The gateway of a deployment. `residency` maps a mark to the only regions its requests may reach."""

    policy: Literal["nearest", "weighted", "failover"]
    auth: Literal["api-key", "none"]
    affinity_header: str | None
    residency: dict[str, tuple[str, ...]]
    residency_header: str
    health: HealthCheckPlan
    hedge: HedgePlan
    retry: RetryPlan
    outlier: OutlierPlan
    overload: OverloadPlan
    connect_timeout_s: float
    request_timeout_s: float = 3600.0
    """The longest a request may take, streams included; past it the client gets an error. One hour, as the
    clouds' load balancers are set (Google's default of 30 s would cut streams)."""
    stream_idle_s: float = 600.0
    """A stream that has sent nothing for this long is ended with an error: nothing else ends the streams of a
    replica that hangs after its first token. OpenAI's clients give up after the same 600 s. 0: never."""
