"""The deployment's own network, which spans all its regions, its firewall, and its private names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp.address_space import address_space
from llmdeploy.modules.gcp.identity import GcpIdentity
from llmdeploy.modules.gcp.names import in_slot, part
from llmdeploy.modules.gcp.versions import slots_of
from llmdeploy.serving.gateway.cloud import ENTRY_PORT, FLEET_PORTS, fleet_host, internal_domain
from llmdeploy.serving.node.places import PORT
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot

GOOGLE_CHECKS = ("130.211.0.0/22", "35.191.0.0/16")
"""Where health checks, and the requests of the global load balancer, come from
(load-balancing/docs/health-check-concepts)."""
LAST = 65534
"""The lowest priority of a rule of one's own: just before Google's, which allow every way out."""
FLEET_TTL_S = 300


class GcpNetwork(pulumi.ComponentResource):
    """One VPC network. No way in but from Google's load balancers; out of it, only TLS and the fleets.

    Instances have no address of their own on the internet and no rule lets SSH in.
    """

    network: pulumi.Output[str]
    """Self link."""
    zone: pulumi.Output[str]
    """The private DNS zone's name."""
    fleet_names: Mapping[Slot, pulumi.Resource]
    """The fleets' private names, by slot."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        plan: Plan,
        identity: GcpIdentity,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_gcp import compute, dns

        super().__init__("llmdeploy:gcp:Network", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        network = compute.Network(
            part(name, "vpc"), auto_create_subnetworks=False, routing_mode="REGIONAL", opts=child
        )
        zone = dns.ManagedZone(
            part(name, "zone"),
            dns_name=f"{internal_domain(plan.name)}.",
            description=f"Private names of {deployment.stack}",
            visibility="private",
            private_visibility_config={"networks": [{"network_url": network.id}]},
            labels=deployment.labels,
            opts=child,
        )
        regions = [region for region in plan.regions if region.provider == "gcp"]
        self._add_ways_in(name, network.id, regions, identity)
        self._add_ways_out(name, network.id, regions, identity)
        self.fleet_names = {
            slot: self._fleet_name(name, zone.name, plan.name, regions, slot) for slot in slots_of(regions)
        }
        self.network = network.id
        self.zone = zone.name
        self.register_outputs({})

    def _add_ways_in(
        self,
        name: str,
        network: pulumi.Output[str],
        regions: Sequence[RegionPlan],
        identity: GcpIdentity,
    ) -> None:
        from pulumi_gcp import compute

        child = pulumi.ResourceOptions(parent=self)
        compute.Firewall(
            part(name, "front-to-gateways"),
            network=network,
            direction="INGRESS",
            source_ranges=list(GOOGLE_CHECKS),
            target_service_accounts=[identity.gateway],
            allows=[{"protocol": "tcp", "ports": [str(ENTRY_PORT)]}],
            opts=child,
        )
        compute.Firewall(
            part(name, "balancers-to-fleets"),
            network=network,
            direction="INGRESS",
            source_ranges=[*GOOGLE_CHECKS, *(address_space(each.location).proxies for each in regions)],
            target_service_accounts=[identity.node],
            allows=[{"protocol": "tcp", "ports": [str(PORT)]}],
            opts=child,
        )

    def _add_ways_out(
        self,
        name: str,
        network: pulumi.Output[str],
        regions: Sequence[RegionPlan],
        identity: GcpIdentity,
    ) -> None:
        from pulumi_gcp import compute

        child = pulumi.ResourceOptions(parent=self)
        # Nodes: Google's APIs, and the model hub where a bucket has no weights yet. Gateways: Google's APIs,
        # and the other regions' fronts.
        compute.Firewall(
            part(name, "tls-out"),
            network=network,
            direction="EGRESS",
            priority=1000,
            destination_ranges=["0.0.0.0/0"],
            target_service_accounts=[identity.node, identity.gateway],
            allows=[{"protocol": "tcp", "ports": ["443"]}],
            opts=child,
        )
        for slot in slots_of(regions):
            compute.Firewall(
                part(name, in_slot("gateways-to-fleets", slot)),
                network=network,
                direction="EGRESS",
                priority=1000,
                destination_ranges=[f"{address_space(each.location).fleets[slot]}/32" for each in regions],
                target_service_accounts=[identity.gateway],
                allows=[{"protocol": "tcp", "ports": [str(FLEET_PORTS[slot])]}],
                opts=child,
            )
        compute.Firewall(
            part(name, "nothing-else-out"),
            network=network,
            direction="EGRESS",
            priority=LAST,
            destination_ranges=["0.0.0.0/0"],
            denies=[{"protocol": "all"}],
            opts=child,
        )

    def _fleet_name(
        self,
        name: str,
        zone: pulumi.Output[str],
        deployment: str,
        regions: Sequence[RegionPlan],
        slot: Slot,
    ) -> pulumi.Resource:
        """One name for all regions, answered by where the gateway that asks is."""
        from pulumi_gcp import dns

        return dns.RecordSet(
            part(name, in_slot("fleet", slot)),
            managed_zone=zone,
            name=f"{fleet_host(deployment, slot)}.",
            type="A",
            ttl=FLEET_TTL_S,
            routing_policy={
                "enable_geo_fencing": True,
                "geos": [
                    {"location": each.location, "rrdatas": [address_space(each.location).fleets[slot]]}
                    for each in regions
                ],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
