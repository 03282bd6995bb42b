"""Global Accelerator: two addresses for the world, and the nearest region that is well behind them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.gateway.cloud import FRONT_PORT

SILENCE_S = 340
"""A flow without payload for this long is cut, whatever the load balancers allow
(global-accelerator/latest/dg/introduction-how-it-works): answers that are not streamed must be written
sooner."""
WEIGHT = 128
"""Of every endpoint; the default."""
NO_NEW_CLIENTS = 0
"""The traffic dial of an evacuated region, in percent. Failover ignores the dial, but not a weight of 0
(global-accelerator/latest/dg/about-endpoints-endpoint-weights.unhealthy-endpoints): when the other regions
are lost, clients come to an evacuated one rather than to none. Open connections stay where they are."""


class AwsAccelerator(pulumi.ComponentResource):
    """The accelerator alone, made before the regions: their certificate is for its name."""

    host: pulumi.Output[str]
    host_zone: pulumi.Output[str]
    """The hosted zone of `host`, for aliases."""
    listener: pulumi.Output[str]
    """ARN."""

    def __init__(self, name: str, deployment: Deployment, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("llmdeploy:aws:Accelerator", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        accelerator = aws.globalaccelerator.Accelerator(
            name, ip_address_type="IPV4", enabled=True, tags=deployment.tags, opts=child
        )
        listener = aws.globalaccelerator.Listener(
            name,
            accelerator_arn=accelerator.arn,
            protocol="TCP",
            port_ranges=[{"from_port": FRONT_PORT, "to_port": FRONT_PORT}],
            # Which gateway a client meets does not matter: the gateway knows sessions by their header.
            client_affinity="NONE",
            opts=child,
        )
        self.host, self.host_zone = accelerator.dns_name, accelerator.hosted_zone_id
        self.listener = listener.arn
        self.register_outputs({})


class AwsGlobal(pulumi.ComponentResource):
    """The regions behind the accelerator, each by itself: one that fails keeps back no other. The health of
    an endpoint is that of its load balancer, which checks the gateways.

    Args:
        fronts: ARNs of the regions' public load balancers, by location.
        evacuated: locations to which no new client is brought while another one is well.
    """

    def __init__(
        self,
        name: str,
        listener: pulumi.Input[str],
        fronts: Mapping[str, pulumi.Input[str]],
        evacuated: Collection[str] = (),
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("llmdeploy:aws:Global", name, {}, opts)
        for location, front in fronts.items():
            aws.globalaccelerator.EndpointGroup(
                f"{name}-{location}",
                listener_arn=listener,
                endpoint_group_region=location,
                traffic_dial_percentage=NO_NEW_CLIENTS if location in evacuated else None,
                endpoint_configurations=[
                    {"endpoint_id": front, "weight": WEIGHT, "client_ip_preservation_enabled": True}
                ],
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
