"""One region's part of the network."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.address_space import address_space
from llmdeploy.modules.gcp.names import in_slot, part
from llmdeploy.serving.plan.model import Slot

NAT_PORTS, NAT_MOST_PORTS = 1024, 32768
"""An instance has as many connections at once to one address: with Google's default of 64 the gateways could
not carry a lost region's requests to the next one, whose front is one address."""
NAT_IDLE_S = 1200
"""An open connection that is silent for longer is forgotten by the NAT. Google's default, above the 600 s
after which a gateway ends a silent stream; written down because it must stay so."""


class GcpSubnets(pulumi.ComponentResource):
    """Private addresses for the instances and for Google's proxies, and a NAT as the one way out.

    Google's own APIs (buckets, images, secrets, logs) are reached without the NAT.

    Args:
        slots: those that hold a version. The address of `blue` is there in any case: instances wait for it,
            and must not be made anew for another.
    """

    subnet: pulumi.Output[str]
    """The instances' subnet. Known once the fleet's address is reserved in it, which else one might take."""
    fleets: Mapping[Slot, pulumi.Output[str]]
    """The addresses of the fleets' load balancers."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        location: str,
        network: pulumi.Output[str],
        slots: Collection[Slot],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_gcp import compute

        super().__init__("llmdeploy:gcp:Subnets", name, {}, opts)
        addresses = address_space(location)
        child = pulumi.ResourceOptions(parent=self)
        # The addresses are fixed, and a region has one subnet for proxies: a second cannot be made first.
        fixed = pulumi.ResourceOptions(parent=self, delete_before_replace=True)
        subnet = compute.Subnetwork(
            part(name, "instances"),
            region=location,
            network=network,
            ip_cidr_range=addresses.instances,
            private_ip_google_access=True,
            opts=fixed,
        )
        reserved = {
            slot: compute.Address(
                part(name, in_slot("fleet", slot)),
                region=location,
                address_type="INTERNAL",
                purpose="GCE_ENDPOINT",
                subnetwork=subnet.id,
                address=address,
                labels=deployment.labels,
                opts=fixed,
            )
            for slot, address in addresses.fleets.items()
            if slot == "blue" or slot in slots
        }
        compute.Subnetwork(
            part(name, "proxies"),
            region=location,
            network=network,
            ip_cidr_range=addresses.proxies,
            purpose="REGIONAL_MANAGED_PROXY",
            role="ACTIVE",
            opts=fixed,
        )
        router = compute.Router(part(name, "router"), region=location, network=network, opts=child)
        compute.RouterNat(
            part(name, "nat"),
            region=location,
            router=router.name,
            nat_ip_allocate_option="AUTO_ONLY",
            source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
            subnetworks=[{"name": subnet.id, "source_ip_ranges_to_nats": ["ALL_IP_RANGES"]}],
            enable_dynamic_port_allocation=True,
            min_ports_per_vm=NAT_PORTS,
            max_ports_per_vm=NAT_MOST_PORTS,
            enable_endpoint_independent_mapping=False,
            tcp_established_idle_timeout_sec=NAT_IDLE_S,
            log_config={"enable": True, "filter": "ERRORS_ONLY"},
            opts=child,
        )
        self.subnet = pulumi.Output.all(subnet.id, reserved["blue"].id).apply(lambda known: str(known[0]))
        self.fleets = {slot: address.address for slot, address in reserved.items()}
        self.register_outputs({})
