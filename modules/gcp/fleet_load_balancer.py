"""In front of a region's GPU instances: an internal load balancer that knows which of them is busy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.fleet import Fleet
from llmdeploy.modules.gcp.gpu_pool import PORT_NAME
from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.subnets import GcpSubnets
from llmdeploy.serving.gateway.cloud import FLEET_PORTS
from llmdeploy.serving.node.places import PORT
from llmdeploy.serving.plan.gateway import GatewayPlan

if TYPE_CHECKING:
    from pulumi_gcp import compute

LONGEST_DRAIN_S = 3600
"""The longest that a backend service waits for requests under way (compute API, connectionDraining)."""
OUTLIER_INTERVAL_S = 5
ALL = "all"
"""The URL map's one path matcher, for every host."""


class GcpFleetLoadBalancer(pulumi.ComponentResource):
    """A regional internal Application Load Balancer at the fleet's own address. It runs on the region's
    proxies, as all of the network do (load-balancing/docs/proxy-only-subnets).

    The gateways ask for the health page a few times a second, by the way that requests take. Cloud Monitoring
    counts by backend service: a second one, with the same instances, keeps these checks out of the requests'
    figures.

    Args:
        groups: self links of the instance groups behind it.
    """

    backend: pulumi.Output[str]
    """Name of the backend service that takes requests."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        fleet: Fleet,
        gateway: GatewayPlan,
        network: pulumi.Output[str],
        subnets: GcpSubnets,
        groups: Sequence[pulumi.Output[str]],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_gcp import compute

        super().__init__("llmdeploy:gcp:FleetLoadBalancer", name, {}, opts)
        self._name, self._fleet, self._gateway = name, fleet, gateway
        child = pulumi.ResourceOptions(parent=self)
        check = self._check()
        backend = self._backend("backend", groups, check)
        checked = self._backend("checked", groups, check)
        urls = self._urls(backend.self_link, checked.self_link)
        proxy = compute.RegionTargetHttpProxy(
            part(name, "proxy"), region=fleet.location, url_map=urls, opts=child
        )
        # Its address is fixed: it must go before a successor comes.
        fixed = pulumi.ResourceOptions(parent=self, delete_before_replace=True, depends_on=[subnets])
        compute.ForwardingRule(
            part(name, "entry"),
            region=fleet.location,
            load_balancing_scheme="INTERNAL_MANAGED",
            network=network,
            subnetwork=subnets.subnet,
            ip_address=subnets.fleets[fleet.slot],
            ip_protocol="TCP",
            port_range=str(FLEET_PORTS[fleet.slot]),
            target=proxy.self_link,
            labels=deployment.labels,
            opts=fixed,
        )
        self.backend = backend.name
        self.register_outputs({})

    def _backend(
        self, what: str, groups: Sequence[pulumi.Output[str]], check: pulumi.Output[str]
    ) -> compute.RegionBackendService:
        from pulumi_gcp import compute

        fleet, outlier = self._fleet, self._gateway.outlier
        return compute.RegionBackendService(
            part(self._name, what),
            region=fleet.location,
            load_balancing_scheme="INTERNAL_MANAGED",
            protocol="HTTP",
            port_name=PORT_NAME,
            health_checks=check,
            # Google's default of 30 s would cut every answer that takes longer.
            timeout_sec=round(self._gateway.request_timeout_s),
            connection_draining_timeout_sec=min(fleet.drain_s, LONGEST_DRAIN_S),
            locality_lb_policy="LEAST_REQUEST",
            backends=[
                {"group": group, "balancing_mode": "UTILIZATION", "capacity_scaler": 1.0} for group in groups
            ],
            outlier_detection={
                "consecutive_errors": outlier.consecutive_failures,
                # Google's default is 0: errors would be counted and nobody put aside.
                "enforcing_consecutive_errors": 100,
                "base_ejection_time": {"seconds": round(outlier.ejection_s)},
                "interval": {"seconds": OUTLIER_INTERVAL_S},
                "max_ejection_percent": 100,
            },
            log_config={"enable": True, "sample_rate": 0.01},
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _check(self) -> pulumi.Output[str]:
        from pulumi_gcp import compute

        probe = self._fleet.startup.traffic
        return compute.RegionHealthCheck(
            part(self._name, "health"),
            region=self._fleet.location,
            check_interval_sec=probe.interval_s,
            timeout_sec=probe.timeout_s,
            healthy_threshold=probe.healthy_threshold,
            unhealthy_threshold=probe.unhealthy_threshold,
            http_health_check={"port": PORT, "request_path": self._fleet.launch.ready_path},
            opts=pulumi.ResourceOptions(parent=self),
        ).self_link

    def _urls(self, backend: pulumi.Output[str], checked: pulumi.Output[str]) -> pulumi.Output[str]:
        from pulumi_gcp import compute

        action: compute.RegionUrlMapPathMatcherDefaultRouteActionArgsDict = {
            "timeout": {"seconds": str(round(self._gateway.request_timeout_s))},
            # Only what no replica has begun: all else is for the gateway, which has other regions.
            "retry_policy": {"num_retries": 1, "retry_conditions": ["connect-failure", "refused-stream"]},
        }
        return compute.RegionUrlMap(
            part(self._name, "urls"),
            region=self._fleet.location,
            default_service=backend,
            host_rules=[{"hosts": ["*"], "path_matcher": ALL}],
            path_matchers=[
                {
                    "name": ALL,
                    "default_service": backend,
                    "default_route_action": action,
                    "path_rules": [{"paths": [self._gateway.health.path], "service": checked}],
                }
            ],
            opts=pulumi.ResourceOptions(parent=self),
        ).self_link
