"""Relays: how a gateway in a cloud reaches a region by name, each through a port of its own loopback.

The gateway's chains hold addresses (Envoy's EDS), a cloud's load balancers have names. A relay joins the two:
`127.0.0.1:PORT` is one endpoint of the chains, and what arrives there goes on to a name, over TLS and with
the peer key where that name is another region's front. So the chains, with their health checks, retries and
hedges, are the very same as on one machine. Where the replicas are a cloud's own endpoint, the relay also
speaks that service's language (`managed_filters`, `managed_routes`, `managed_probe`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmdeploy.serving.gateway.bearer import bearer_filter
from llmdeploy.serving.gateway.endpoints import socket_address
from llmdeploy.serving.gateway.filters import REGION_HEALTH_PATH
from llmdeploy.serving.gateway.listeners import BODY_SLACK_BYTES
from llmdeploy.serving.gateway.managed import ManagedEndpoint
from llmdeploy.serving.gateway.managed_filters import managed_filters
from llmdeploy.serving.gateway.managed_probe import probe_cluster, probe_page
from llmdeploy.serving.gateway.managed_routes import managed_routes
from llmdeploy.serving.gateway.managed_signing import signing_filters
from llmdeploy.serving.gateway.routes import HOP_HEADER
from llmdeploy.serving.gateway.topology import Backend
from llmdeploy.serving.gateway.typed import Config, extension, seconds, typed, watched
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import Slot

LOOPBACK = "127.0.0.1"
PEER_KEY = "llmdeploy.peer_key"
"""The name of the secret with which one gateway asks another."""
TRUSTED = "llmdeploy.trusted"
"""The name of the certificates that other gateways' are verified with."""
PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"
"""Where the image of Envoy, as every Debian or Ubuntu, keeps those that browsers trust."""
IDLE_S = 50.0
"""Idle connections to a load balancer are closed after this: below the 60 s after which an ALB closes its
side by default (elasticloadbalancing/latest/application/edit-load-balancer-attributes), so that no request
meets a connection that is just being closed."""
SERVICE_IDLE_S = 10.0
"""As `IDLE_S`, of a cloud's own service: none says when it closes its side, and another handshake costs
milliseconds."""


@dataclass(frozen=True, slots=True)
class Relay:
    """A way to `region` through `host:target_port`, from the loopback's `port`.

    Args:
        server_name: what the other side's certificate must be for; None for plain HTTP inside a network.
        peer: whether another gateway answers there, which wants the peer key and must not pass it on.
        slot: of the replicas that it leads to; of a peer, where its region's own version is.
        managed: the endpoint that it leads to, where that is a cloud's own.
    """

    region: str
    port: int
    host: str
    target_port: int
    server_name: str | None = None
    peer: bool = False
    slot: Slot = "blue"
    managed: ManagedEndpoint | None = None

    @property
    def name(self) -> str:
        """The listener and the cluster."""
        return relay_name(self.region, "blue" if self._is_usual else self.slot)

    @property
    def backend(self) -> Backend:
        """The relay as an endpoint of the chains."""
        location = self.region.rpartition("/")[2]
        replica = location if self._is_usual else f"{location}-{self.slot}"
        return Backend(self.region, replica, LOOPBACK, self.port, self.slot)

    @property
    def is_probed(self) -> bool:
        """Whether requests for one token tell if it leads to anyone."""
        return self.managed is not None and self.managed.probe_s > 0

    @property
    def _is_usual(self) -> bool:
        """Named as if there were no slots: of a peer, a rollout there is no matter here."""
        return self.peer or self.slot == "blue"


def relay_name(region: str, slot: Slot) -> str:
    """Of the relay to a slot of its own region, or in `blue` to another region."""
    return f"relay.{region}" if slot == "blue" else f"relay.{region}.{slot}"


def relay_listener(relay: Relay, gateway: GatewayPlan, directory: str, peer_key_file: str) -> Config:
    """The loopback port of a relay."""
    filters = _filters(relay, gateway, directory, peer_key_file)
    # Where the body is read, the size limit is what refuses a request, not the buffer.
    slack = BODY_SLACK_BYTES if relay.managed else 0
    return typed(
        "config.listener.v3.Listener",
        name=relay.name,
        address=socket_address(LOOPBACK, relay.port),
        enable_reuse_port=False,
        per_connection_buffer_limit_bytes=gateway.overload.max_request_bytes + slack,
        filter_chains=[
            {
                "filters": [
                    extension(
                        "envoy.filters.network.http_connection_manager",
                        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                        stat_prefix=relay.name,
                        route_config=_routes(relay, gateway, filters),
                        stream_idle_timeout="0s",
                        generate_request_id=False,
                        preserve_external_request_id=True,
                        http_filters=[
                            *_health_page(relay, gateway),
                            *filters,
                            extension(
                                "envoy.filters.http.router",
                                "extensions.filters.http.router.v3.Router",
                                suppress_envoy_headers=True,
                            ),
                        ],
                    )
                ]
            }
        ],
    )


def relay_cluster(relay: Relay, gateway: GatewayPlan, directory: str, trusted_file: str | None) -> Config:
    """Where a relay leads.

    Args:
        trusted_file: holds the certificates that a peer's is verified with; None for the public authorities.
    """
    limit = gateway.overload.max_requests
    signing = signing_filters(relay.managed) if relay.managed else []
    cluster = typed(
        "config.cluster.v3.Cluster",
        name=relay.name,
        type="LOGICAL_DNS",
        dns_lookup_family="V4_ONLY",
        respect_dns_ttl=True,
        connect_timeout=seconds(gateway.connect_timeout_s),
        load_assignment={
            "cluster_name": relay.name,
            "endpoints": [
                {"lb_endpoints": [{"endpoint": {"address": socket_address(relay.host, relay.target_port)}}]}
            ],
        },
        # The chain in front bounds what is in flight; the relay must never be the tighter one.
        circuit_breakers={
            "thresholds": [
                {"max_requests": 4 * limit, "max_pending_requests": 4 * limit, "max_connections": 4 * limit}
            ]
        },
        per_connection_buffer_limit_bytes=gateway.overload.max_request_bytes,
        upstream_connection_options={
            "tcp_keepalive": {"keepalive_probes": 3, "keepalive_time": 10, "keepalive_interval": 5}
        },
        typed_extension_protocol_options={
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
                "extensions.upstreams.http.v3.HttpProtocolOptions",
                common_http_protocol_options={
                    "idle_timeout": seconds(SERVICE_IDLE_S if relay.managed else IDLE_S)
                },
                explicit_http_config={"http_protocol_options": {}},
                **({"http_filters": signing} if signing else {}),
            )
        },
    )
    if relay.server_name is not None:
        cluster["transport_socket"] = _tls(relay.server_name, directory, trusted_file if relay.peer else None)
    return cluster


def relay_probe(relay: Relay, gateway: GatewayPlan) -> list[Config]:
    """The cluster that asks a managed endpoint for a token now and then; none for other relays."""
    if relay.managed is None or not relay.is_probed:
        return []
    return [probe_cluster(relay.name, LOOPBACK, relay.port, relay.managed, gateway)]


def trusted_secret(certificates: str) -> Config:
    """The certificates (PEM) that peers are verified with, as Envoy watches them."""
    return typed(
        "extensions.transport_sockets.tls.v3.Secret",
        name=TRUSTED,
        validation_context={"trusted_ca": {"inline_string": certificates}},
    )


def _filters(relay: Relay, gateway: GatewayPlan, directory: str, peer_key_file: str) -> list[Config]:
    if relay.managed is not None:
        return managed_filters(relay.managed, relay.slot, gateway, directory)
    keyed = relay.peer and gateway.auth == "api-key"
    return [bearer_filter(PEER_KEY, directory, peer_key_file)] if keyed else []


def _health_page(relay: Relay, gateway: GatewayPlan) -> list[Config]:
    return [probe_page(relay.name, gateway)] if relay.is_probed else []


def _routes(relay: Relay, gateway: GatewayPlan, filters: Sequence[Config]) -> Config:
    if relay.managed is not None:
        return managed_routes(relay.name, relay.managed, gateway, filters)
    onward = {"cluster": relay.name, "timeout": seconds(gateway.request_timeout_s)}
    routes: list[Config] = [{"match": {"prefix": "/"}, "route": onward}]
    host: Config = {"name": relay.name, "domains": ["*"], "routes": routes}
    if relay.peer:
        # The chains check every region with the replicas' page; a gateway says how its region is on another.
        checked = {**onward, "prefix_rewrite": REGION_HEALTH_PATH}
        routes.insert(0, {"match": {"path": gateway.health.path}, "route": checked})
        host["request_headers_to_add"] = [{"header": {"key": HOP_HEADER, "value": "1"}}]
    if relay.server_name is not None:
        for route in routes:
            route["route"]["host_rewrite_literal"] = relay.server_name
    return {
        "name": relay.name,
        # Envoy takes up files in any order. A listener that came before its cluster would be rejected, and
        # not looked at again until its file changes.
        "validate_clusters": False,
        "virtual_hosts": [host],
    }


def _tls(server_name: str, directory: str, trusted_file: str | None) -> Config:
    names = [{"san_type": "DNS", "matcher": {"exact": server_name}}]
    if trusted_file is None:
        trusted = {"trusted_ca": {"filename": PUBLIC_AUTHORITIES}, "match_typed_subject_alt_names": names}
        validation: Config = {"validation_context": trusted}
    else:
        validation = {
            "combined_validation_context": {
                "default_validation_context": {"match_typed_subject_alt_names": names},
                "validation_context_sds_secret_config": {
                    "name": TRUSTED,
                    "sds_config": watched(directory, trusted_file),
                },
            }
        }
    return extension(
        "envoy.transport_sockets.tls",
        "extensions.transport_sockets.tls.v3.UpstreamTlsContext",
        sni=server_name,
        common_tls_context={
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
            **validation,
        },
    )
