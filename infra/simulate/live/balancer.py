"""A simulated load balancer, as the configuration of an Envoy: what ALBs, accelerators and Google's front do
with a request, no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import yaml

from llmdeploy.serving.gateway.endpoints import socket_address
from llmdeploy.serving.gateway.relays import LOOPBACK
from llmdeploy.serving.gateway.typed import Config, extension, seconds, typed, watched

BOOTSTRAP = "bootstrap.yaml"
REQUEST_TIMEOUT_S = 3600.0
ACCELERATOR_CHECK_S = 2.0
"""A real accelerator notices a lost region within 30 s or more; the simulation does not make you wait."""
CONNECT_TIMEOUT_S = 0.25
RECONNECT_S = 2.0
"""Clients open a connection anew so often: an accelerator leaves open ones where they are, so a client that
never does would not come back to a region that is well again."""


@dataclass(frozen=True, slots=True)
class Tls:
    """The certificate that a load balancer ends TLS with, and its key, as PEM."""

    certificate: str
    private_key: str


@dataclass(frozen=True, slots=True)
class Verified:
    """TLS towards the targets: what their certificate must be for, and who is trusted to say so (PEM)."""

    server_name: str
    trusted: str


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """How targets are checked. `tls`: they answer over TLS."""

    path: str
    interval_s: float
    unhealthy_threshold: int
    healthy_threshold: int
    tls: bool = False


@dataclass(frozen=True, slots=True)
class Balancer:
    """One load balancer.

    Args:
        name: how it is called in statistics and logs.
        port: where it listens.
        tiers: the ports of its targets; a tier is used when those before it are unhealthy.
        layer: `http` balances requests, `tcp` passes connections through.
        tls: how it ends TLS; None where it takes plain HTTP, or passes TLS through.
        onward: how it speaks TLS with its targets; None for plain HTTP.
        moving: whether its targets come and go while it runs.
    """

    name: str
    port: int
    tiers: tuple[tuple[int, ...], ...]
    health: HealthCheck
    layer: Literal["http", "tcp"] = "http"
    tls: Tls | None = None
    onward: Verified | None = None
    moving: bool = False


def balancer_files(moving: Iterable[str]) -> list[str]:
    """The names of the files of an Envoy with such balancers, the bootstrap first.

    Args:
        moving: the names of those whose targets come and go.
    """
    return [BOOTSTRAP, *map(_targets_file, moving)]


def balancer_texts(balancers: Sequence[Balancer], admin: str, directory: str) -> dict[str, str]:
    """The files of an Envoy that is all of these balancers, by name. The private keys stand in them in clear.

    Targets that come and go are a file of their own, watched in `directory`: as real ones do, a balancer
    changes them without cutting a connection. The others have none, as Linux lets a user watch 128 things
    (inotify(7), max_user_instances).
    """
    config = {
        "node": {"id": "simulated-balancers", "cluster": "llmdeploy"},
        "admin": {"address": {"pipe": {"path": admin, "mode": 0o600}}},
        "static_resources": {
            "listeners": [_listener(balancer) for balancer in balancers],
            "clusters": [
                {**_cluster(balancer), **_to_targets(balancer, directory)} for balancer in balancers
            ],
        },
    }
    targets = {
        _targets_file(balancer.name): _yaml(
            {"resources": [typed("config.endpoint.v3.ClusterLoadAssignment", **_targets(balancer))]}
        )
        for balancer in balancers
        if balancer.moving
    }
    return {BOOTSTRAP: _yaml(config)} | targets


def _targets_file(name: str) -> str:
    return f"targets.{re.sub('[^A-Za-z0-9._-]', '-', name)}.yaml"


def _to_targets(balancer: Balancer, directory: str) -> Config:
    """How a cluster knows its targets."""
    if not balancer.moving:
        return {"type": "STATIC", "load_assignment": _targets(balancer)}
    source = watched(directory, _targets_file(balancer.name))
    return {"type": "EDS", "eds_cluster_config": {"eds_config": source}}


def _targets(balancer: Balancer) -> Config:
    return {
        "cluster_name": balancer.name,
        "endpoints": [
            {
                "priority": priority,
                "lb_endpoints": [{"endpoint": {"address": socket_address(LOOPBACK, port)}} for port in tier],
            }
            for priority, tier in enumerate(balancer.tiers)
        ],
    }


def _yaml(config: Config) -> str:
    return yaml.dump(config, Dumper=yaml.CSafeDumper, sort_keys=False, width=1000)


def _listener(balancer: Balancer) -> Config:
    chain: Config = {"filters": [_http(balancer) if balancer.layer == "http" else _tcp(balancer)]}
    if balancer.tls is not None:
        chain["transport_socket"] = _ended(balancer.tls)
    return {
        "name": balancer.name,
        "address": socket_address(LOOPBACK, balancer.port),
        "enable_reuse_port": False,
        "filter_chains": [chain],
    }


def _http(balancer: Balancer) -> Config:
    onward = {"cluster": balancer.name, "timeout": seconds(REQUEST_TIMEOUT_S)}
    return extension(
        "envoy.filters.network.http_connection_manager",
        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        stat_prefix=balancer.name,
        stream_idle_timeout="0s",
        route_config={
            "name": balancer.name,
            "virtual_hosts": [
                {
                    "name": balancer.name,
                    "domains": ["*"],
                    "routes": [{"match": {"prefix": "/"}, "route": onward}],
                }
            ],
        },
        http_filters=[
            extension("envoy.filters.http.router", "extensions.filters.http.router.v3.Router"),
        ],
    )


def _tcp(balancer: Balancer) -> Config:
    return extension(
        "envoy.filters.network.tcp_proxy",
        "extensions.filters.network.tcp_proxy.v3.TcpProxy",
        stat_prefix=balancer.name,
        cluster=balancer.name,
        idle_timeout="0s",
    )


def _ended(tls: Tls) -> Config:
    return extension(
        "envoy.transport_sockets.tls",
        "extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        common_tls_context={
            "tls_certificates": [
                {
                    "certificate_chain": {"inline_string": tls.certificate},
                    "private_key": {"inline_string": tls.private_key},
                }
            ]
        },
    )


def _verifying(onward: Verified) -> Config:
    return extension(
        "envoy.transport_sockets.tls",
        "extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        sni=onward.server_name,
        common_tls_context={
            "validation_context": {
                "trusted_ca": {"inline_string": onward.trusted},
                "match_typed_subject_alt_names": [
                    {"san_type": "DNS", "matcher": {"exact": onward.server_name}}
                ],
            }
        },
    )


def _cluster(balancer: Balancer) -> Config:
    check: Config = {
        "timeout": seconds(min(balancer.health.interval_s, 2.0)),
        "interval": seconds(balancer.health.interval_s),
        "no_traffic_interval": seconds(balancer.health.interval_s),
        "no_traffic_healthy_interval": seconds(balancer.health.interval_s),
        "unhealthy_threshold": balancer.health.unhealthy_threshold,
        "healthy_threshold": balancer.health.healthy_threshold,
        "http_health_check": {"path": balancer.health.path},
    }
    cluster: Config = {
        "name": balancer.name,
        "connect_timeout": seconds(CONNECT_TIMEOUT_S),
        "lb_policy": "LEAST_REQUEST",
        "health_checks": [check],
        "common_lb_config": {
            # With no healthy target left, a real one sends to all of them.
            "healthy_panic_threshold": {"value": 1},
            "update_merge_window": "0s",
        },
        # A target that is deregistered gets no more requests, and finishes those that it has.
        "ignore_health_on_host_removal": True,
    }
    if balancer.onward:
        cluster["transport_socket"] = _verifying(balancer.onward)
        cluster["typed_extension_protocol_options"] = {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
                "extensions.upstreams.http.v3.HttpProtocolOptions",
                common_http_protocol_options={"max_connection_duration": seconds(RECONNECT_S)},
                explicit_http_config={"http_protocol_options": {}},
            )
        }
    elif balancer.health.tls:
        check["transport_socket_match_criteria"] = {"checked": True}
        cluster["transport_socket_matches"] = [
            {
                "name": "checked",
                "match": {"checked": True},
                # As an accelerator does, the check looks at the answer, not at the certificate.
                "transport_socket": extension(
                    "envoy.transport_sockets.tls", "extensions.transport_sockets.tls.v3.UpstreamTlsContext"
                ),
            },
        ]
    return cluster
