"""A cluster a chain: how a replica is picked, when it counts as lost, and how much may be in flight."""

from __future__ import annotations

from llmdeploy.serving.gateway.topology import Chain
from llmdeploy.serving.gateway.typed import Config, extension, seconds, typed, watched
from llmdeploy.serving.plan.gateway import GatewayPlan, HealthCheckPlan, OutlierPlan

UPSTREAM_IDLE_S = 4.0
"""Idle connections to replicas are closed after this. uvicorn, which most frameworks serve with, closes its
side after 5 s (`timeout_keep_alive`); a request sent in that moment would be reset and spend the one retry it
has."""

HASH_BALANCE_PERCENT = 150
"""With affinity, a replica takes at most 1.5 times the mean load before its sessions spill over to the next
one. Envoy's documentation of `hash_balance_factor` recommends 120 to 200."""

OUTLIER_SWEEP_S = 1.0
"""How often ejected replicas are looked at again."""

MAX_EJECTION_PERCENT = 50
"""At most half the replicas of a chain are put aside for the errors they answer."""

MAX_EJECTIONS = 10
"""A replica that is ejected again and again stays out at most this many times the first ejection."""


def cluster(
    chain: Chain, gateway: GatewayPlan, directory: str, endpoints: str, whole_regions: bool = False
) -> Config:
    """The cluster of one chain.

    Args:
        whole_regions: its endpoints are load balancers with a whole region behind each.
    """
    return typed(
        "config.cluster.v3.Cluster",
        name=chain.name,
        type="EDS",
        eds_cluster_config={"eds_config": watched(directory, endpoints)},
        connect_timeout=seconds(gateway.connect_timeout_s),
        load_balancing_policy=_load_balancing(gateway.affinity_header),
        health_checks=[_health_check(gateway.health)],
        outlier_detection=_outliers(gateway.outlier, whole_regions),
        circuit_breakers=_circuit_breakers(gateway),
        # By Envoy's overprovisioning factor of 1.4, a region with fewer than 5 of 7 replicas healthy hands
        # part of its load to the next: capacity that is lost here is found there.
        common_lb_config={
            # Sending to replicas known to be dead would only spend retries.
            "healthy_panic_threshold": {"value": 0},
            # By default a change of health within a second of the last one reaches the workers a second late.
            "update_merge_window": "0s",
        },
        # The provider takes a replica out only after its successor has passed a check; then it shall be gone
        # at once.
        ignore_health_on_host_removal=True,
        per_connection_buffer_limit_bytes=gateway.overload.max_request_bytes,
        upstream_connection_options={
            "tcp_keepalive": {"keepalive_probes": 3, "keepalive_time": 10, "keepalive_interval": 5}
        },
        typed_extension_protocol_options={
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
                "extensions.upstreams.http.v3.HttpProtocolOptions",
                common_http_protocol_options={"idle_timeout": seconds(UPSTREAM_IDLE_S)},
                explicit_http_config={"http_protocol_options": {}},
            )
        },
    )


def _load_balancing(affinity_header: str | None) -> Config:
    if affinity_header is None:
        policy = extension(
            "envoy.load_balancing_policies.least_request",
            "extensions.load_balancing_policies.least_request.v3.LeastRequest",
            choice_count=2,
        )
    else:
        policy = extension(
            "envoy.load_balancing_policies.ring_hash",
            "extensions.load_balancing_policies.ring_hash.v3.RingHash",
            consistent_hashing_lb_config={"hash_balance_factor": HASH_BALANCE_PERCENT},
        )
    return {"policies": [{"typed_extension_config": policy}]}


def _health_check(health: HealthCheckPlan) -> Config:
    interval = seconds(health.interval_s)
    return {
        "timeout": seconds(health.timeout_s),
        "interval": interval,
        # By default a region without traffic is checked once a minute only, so a standby is never known to be
        # ready.
        "no_traffic_interval": interval,
        "no_traffic_healthy_interval": interval,
        "unhealthy_threshold": health.unhealthy_threshold,
        "healthy_threshold": health.healthy_threshold,
        # By default the cluster's name is sent as host; ours hold a slash, which proxies refuse.
        "http_health_check": {"path": health.path, "host": "gateway"},
    }


def _outliers(outlier: OutlierPlan, whole_regions: bool) -> Config:
    """A replica whose health page answers while its GPU fails every request is put aside for a while.

    Only answered errors count. Refused or reset connections are the health check's to judge, within a second
    or two, and cost a request nothing but its retry; a hedge counts as a time-out in Envoy's eyes, so judging
    by them would put a healthy replica aside for a few long answers.
    """
    return {
        "split_external_local_origin_errors": True,
        "enforcing_consecutive_local_origin_failure": 0,
        "enforcing_local_origin_success_rate": 0,
        "consecutive_5xx": outlier.consecutive_failures,
        "enforcing_consecutive_5xx": 100,
        "enforcing_consecutive_gateway_failure": 0,
        "enforcing_success_rate": 0,
        "interval": seconds(OUTLIER_SWEEP_S),
        "base_ejection_time": seconds(outlier.ejection_s),
        "max_ejection_time": seconds(outlier.ejection_s * MAX_EJECTIONS),
        # One client whose requests crash in every replica must not take all of them from the others.
        "max_ejection_percent": MAX_EJECTION_PERCENT,
        # The next health check, half a second later, would bring a bad replica back; but a region that has
        # just lost its last replica answers errors too, and must not stay out once it has one again.
        "successful_active_health_check_uneject_host": whole_regions,
    }


def _circuit_breakers(gateway: GatewayPlan) -> Config:
    limit = gateway.overload.max_requests
    return {
        "thresholds": [
            {
                "max_requests": limit,
                "max_pending_requests": limit,
                # A request in flight holds one connection; idle ones to other replicas count too.
                "max_connections": 4 * limit,
                # Without this, Envoy allows 3 retries at a time: a killed region then fails most of its
                # requests.
                "retry_budget": {
                    "budget_percent": {"value": gateway.retry.budget_percent},
                    "min_retry_concurrency": gateway.retry.minimum_concurrency,
                },
                "track_remaining": True,
            }
        ]
    }
