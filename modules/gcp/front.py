"""The way in from the internet: one address for all regions, and one for each where others must choose."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.addresses import GcpAddresses
from llmdeploy.modules.gcp.armor import edge_policy
from llmdeploy.modules.gcp.certificate import GcpCertificate
from llmdeploy.modules.gcp.front_backend import FrontBackend
from llmdeploy.modules.gcp.names import part
from llmdeploy.serving.gateway.cloud import ENTRY_PORT, FRONT_PORT
from llmdeploy.serving.gateway.filters import HEALTH_PATH
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import Plan

CHECK_S, HEALTHY_AFTER, UNHEALTHY_AFTER = 5, 2, 2
"""Ten seconds until a region that cannot serve gets no more requests."""
KEEP_ALIVE_S = 610
"""How long an idle client keeps its connection: Google's default, written down."""


@dataclass(frozen=True, slots=True)
class _Entry:
    certificate: GcpCertificate
    ssl_policy: pulumi.Output[str]
    labels: Mapping[str, str]


class GcpFront(pulumi.ComponentResource):
    """Global external Application Load Balancers: TLS to Google's edge, then Google's network to the nearest
    region whose gateways are healthy.

    Args:
        groups: self links of the gateways' instance groups, by region.
    """

    url_map: pulumi.Output[str]
    """The name under which Google counts the requests of the clients' address."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        plan: Plan,
        addresses: GcpAddresses,
        certificate: GcpCertificate,
        groups: Mapping[str, pulumi.Output[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:gcp:Front", name, {}, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        health = self._health(name)
        armor = edge_policy(part(name, "edge"), deployment, plan, self._child)
        entry = _Entry(certificate, self._ssl_policy(name), deployment.labels)

        everywhere = FrontBackend(plan.gateway, health, armor, self._load_policy(name, deployment))
        service = everywhere.service(
            part(name, "backend"), list(groups.values()), self._child, _drained(plan, list(groups))
        )
        self.url_map = self._open(name, plan.gateway, addresses.front, service, entry)

        for region in sorted(set(groups) & set(addresses.own)):
            own = part(name, region.replace("/", "-"))
            there = FrontBackend(plan.gateway, health, armor)
            service = there.service(part(own, "backend"), [groups[region]], self._child)
            self._open(own, plan.gateway, addresses.own[region], service, entry)
        self.register_outputs({})

    def _health(self, name: str) -> pulumi.Output[str]:
        """Whether a gateway reaches any replica, in its own region or another."""
        from pulumi_gcp import compute

        return compute.HealthCheck(
            part(name, "health"),
            check_interval_sec=CHECK_S,
            timeout_sec=CHECK_S,
            healthy_threshold=HEALTHY_AFTER,
            unhealthy_threshold=UNHEALTHY_AFTER,
            http_health_check={"port": ENTRY_PORT, "request_path": HEALTH_PATH},
            log_config={"enable": True},
            opts=self._child,
        ).self_link

    def _ssl_policy(self, name: str) -> pulumi.Output[str]:
        from pulumi_gcp import compute

        return compute.SSLPolicy(
            part(name, "tls"), min_tls_version="TLS_1_2", profile="MODERN", opts=self._child
        ).self_link

    def _load_policy(self, name: str, deployment: Deployment) -> pulumi.Output[str]:
        """The nearest region first; one with fewer than a quarter of its gateways healthy gets nothing."""
        from pulumi_gcp import networkservices

        policy = networkservices.ServiceLbPolicies(
            part(name, "nearest"),
            location="global",
            load_balancing_algorithm="WATERFALL_BY_REGION",
            auto_capacity_drain={"enable": True},
            labels=deployment.labels,
            opts=self._child,
        )
        return pulumi.Output.concat("//networkservices.googleapis.com/", policy.id)

    def _open(
        self,
        name: str,
        gateway: GatewayPlan,
        address: pulumi.Output[str],
        service: pulumi.Output[str],
        entry: _Entry,
    ) -> pulumi.Output[str]:
        """Port 443 of an address; the URL map's name. There is no port 80: a client that sends its key in
        clear must not be helped along."""
        from pulumi_gcp import compute

        urls = compute.URLMap(
            part(name, "urls"),
            default_service=service,
            default_route_action={"timeout": {"seconds": str(round(gateway.request_timeout_s))}},
            opts=self._child,
        )
        proxy = compute.TargetHttpsProxy(
            part(name, "proxy"),
            url_map=urls.self_link,
            certificate_map=entry.certificate.certificate_map,
            ssl_certificates=entry.certificate.given,
            ssl_policy=entry.ssl_policy,
            http_keep_alive_timeout_sec=KEEP_ALIVE_S,
            opts=self._child,
        )
        compute.GlobalForwardingRule(
            part(name, "entry"),
            load_balancing_scheme="EXTERNAL_MANAGED",
            ip_address=address,
            ip_protocol="TCP",
            port_range=str(FRONT_PORT),
            target=proxy.self_link,
            labels=entry.labels,
            # Two rules cannot hold one address and port.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        return urls.name


def _drained(plan: Plan, regions: Sequence[str]) -> Collection[int]:
    """The positions of the evacuated ones; none where that would be all, as then another cloud's regions
    serve, and the gateways here lead to them.
    """
    found = [position for position, name in enumerate(regions) if plan.region(name).evacuated]
    return found if len(found) < len(regions) else ()
