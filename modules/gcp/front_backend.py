"""The gateways as the global load balancer sees them: settings that all fronts share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pulumi

from llmdeploy.modules.gcp.gateway import PORT_NAME
from llmdeploy.serving.plan.gateway import GatewayPlan

BUSY = 0.8
"""The share of a region's gateways' CPU from which on requests overflow to the next region. Above that at
which gateways are added, so that growing comes first."""
OUTLIER_INTERVAL_S, OUTLIER_EJECTION_S, OUTLIER_ERRORS = 5, 10, 20
"""Twenty errors in a row put a gateway aside for ten seconds: many, as a gateway that is asked for too much
says so with 503, and must not drop out for it and leave the rest to fewer."""
OPEN, DRAINED = 1.0, 0.0
"""Capacity scalers. Google takes no 0 where a service has one backend only (compute v1, Backend)."""
DRAIN_S = 300
"""What requests under way get when a gateway is taken away: longer answers are cut."""


@dataclass(frozen=True, slots=True)
class FrontBackend:
    """Settings of a backend service of gateways."""

    gateway: GatewayPlan
    health: pulumi.Input[str]
    security_policy: pulumi.Input[str]
    load_policy: pulumi.Input[str] | None = None

    def service(
        self,
        name: str,
        groups: Sequence[pulumi.Input[str]],
        opts: pulumi.ResourceOptions,
        drained: Collection[int] = (),
    ) -> pulumi.Output[str]:
        """Self link of a backend service over the regions' gateways.

        Args:
            drained: positions of the groups that get no new requests.
        """
        from pulumi_gcp import compute

        return compute.BackendService(
            name,
            load_balancing_scheme="EXTERNAL_MANAGED",
            protocol="HTTP",
            port_name=PORT_NAME,
            health_checks=self.health,
            # Google's default of 30 s would cut every answer that takes longer, streams included.
            timeout_sec=round(self.gateway.request_timeout_s),
            connection_draining_timeout_sec=DRAIN_S,
            locality_lb_policy="LEAST_REQUEST",
            session_affinity="NONE",
            backends=[
                {
                    "group": group,
                    "balancing_mode": "UTILIZATION",
                    "max_utilization": BUSY,
                    "capacity_scaler": DRAINED if position in drained else OPEN,
                }
                for position, group in enumerate(groups)
            ],
            outlier_detection={
                # For a gateway that is broken in a way that its health page does not show.
                "consecutive_gateway_failure": OUTLIER_ERRORS,
                "enforcing_consecutive_gateway_failure": 100,
                "base_ejection_time": {"seconds": OUTLIER_EJECTION_S},
                "interval": {"seconds": OUTLIER_INTERVAL_S},
                "max_ejection_percent": 50,
            },
            security_policy=self.security_policy,
            service_lb_policy=self.load_policy,
            log_config={"enable": True, "sample_rate": 1.0},
            opts=opts,
        ).self_link
