"""One region's part of the network."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.address_space import address_space
from llmdeploy.modules.gcp.names import part

NAT_PORTS, NAT_MOST_PORTS = 1024, 32768
"""An instance has as many connections at once to one address: with Google's default of 64 the gateways could
not carry a lost region's requests to the next one, whose front is one address."""
NAT_IDLE_S = 1200
"""An open connection that is silent for longer is forgotten by the NAT. Google's default, above the 600 s
after which a gateway ends a silent stream; written down because it must stay so."""


class GcpSubnets(pulumi.ComponentResource):
    """Private addresses for the instances and for Google's proxies, and a NAT as the one way out.

    Google's own APIs (buckets, images, secrets, logs) are reached without the NAT.
    """

    subnet: pulumi.Output[str]
    """The instances' subnet. Known once the fleet's address is reserved in it, which else one might take."""
    fleet: pulumi.Output[str]
    """The address of the fleet's load balancer."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        location: str,
        network: pulumi.Output[str],
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
        fleet = compute.Address(
            part(name, "fleet"),
            region=location,
            address_type="INTERNAL",
            purpose="GCE_ENDPOINT",
            subnetwork=subnet.id,
            address=addresses.fleet,
            labels=deployment.labels,
            opts=fixed,
        )
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
        self.subnet = pulumi.Output.all(subnet.id, fleet.id).apply(lambda known: str(known[0]))
        self.fleet = fleet.address
        self.register_outputs({})
