"""Who may speak to whom in a region: one table, two rules a flow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.network import ANYWHERE
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.gateway.cloud import ENTRY_PORT, FLEET_PORTS, FRONT_PORT
from llmdeploy.serving.node.places import PORT
from llmdeploy.serving.plan.model import Slot

INTERNET = "internet"
S3 = "s3"
HTTPS = 443
ROLES = {
    names.FRONT: "The public load balancer: TLS from anywhere, to the gateways",
    names.GATEWAY: "The gateways",
    names.FLEET: "The internal load balancer in front of the replicas",
    names.NODE: "The GPU instances",
    names.ENDPOINTS: "AWS services inside the network",
}


OF_INSTANCES = (names.FLEET, names.NODE)


@dataclass(frozen=True, slots=True)
class Reach:
    """Which of a region's machines need the internet, over TLS.

    Args:
        nodes: for images that no cache holds, and for weights from the hub.
        gateways: for images that no cache holds, and for other regions.
    """

    nodes: bool
    gateways: bool


class Firewall(Block):
    """A security group a role. None lets in SSH; sessions go through Systems Manager.

    Args:
        slots: of the versions that are instances; each has a port of the internal load balancer. Without any
            there are neither that nor groups for it.
    """

    def __init__(
        self,
        scope: Scope,
        vpc_id: pulumi.Input[str],
        reach: Reach,
        slots: Sequence[Slot],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.FIREWALL, opts)
        absent = () if slots else OF_INSTANCES
        self._groups = {
            role: self._group(role, text, vpc_id) for role, text in ROLES.items() if role not in absent
        }
        self._from_internet(names.FRONT, FRONT_PORT)
        self._flow(names.FRONT, names.GATEWAY, ENTRY_PORT)
        self._flow(names.GATEWAY, names.ENDPOINTS, HTTPS)
        if slots:
            self._around_instances(slots, reach)
        if reach.gateways:
            self._to_internet(names.GATEWAY)
        self.register_outputs({})

    def group(self, role: str) -> pulumi.Output[str]:
        """The id of a role's security group."""
        found: pulumi.Output[str] = self._groups[role].id
        return found

    def allow_s3(self, prefix_list: pulumi.Output[str]) -> None:
        """Let nodes and gateways reach S3 through the region's gateway endpoint."""
        for role in (each for each in (names.NODE, names.GATEWAY) if each in self._groups):
            self._leaving(role, S3, HTTPS, "Weights, image layers, configuration", prefix_list_id=prefix_list)

    def _around_instances(self, slots: Sequence[Slot], reach: Reach) -> None:
        for slot in slots:
            self._flow(names.GATEWAY, names.FLEET, FLEET_PORTS[slot], names.in_slot(names.FLEET, slot))
        self._flow(names.FLEET, names.NODE, PORT)
        self._flow(names.NODE, names.ENDPOINTS, HTTPS)
        if reach.nodes:
            self._to_internet(names.NODE)

    def _group(self, role: str, text: str, vpc_id: pulumi.Input[str]) -> aws.ec2.SecurityGroup:
        return aws.ec2.SecurityGroup(
            self.scope.named(role),
            description=text,
            vpc_id=vpc_id,
            region=self.scope.location,
            tags=self.scope.tags(role),
            opts=self.options(),
        )

    def _flow(self, source: str, target: str, port: int, called: str = "") -> None:
        """From one role to another, by the name `called` where there is more than one flow between them."""
        part, out, into = names.flow(source, called or target), self._groups[source], self._groups[target]
        leaving, entering = aws.vpc.SecurityGroupEgressRule, aws.vpc.SecurityGroupIngressRule
        self._rule(leaving, part, "out", out, port, ROLES[target], referenced_security_group_id=into.id)
        self._rule(entering, part, "in", into, port, ROLES[source], referenced_security_group_id=out.id)

    def _from_internet(self, role: str, port: int) -> None:
        part, text = names.flow(INTERNET, role), "Clients, and gateways of other regions, over TLS"
        group = self._groups[role]
        self._rule(aws.vpc.SecurityGroupIngressRule, part, "in", group, port, text, cidr_ipv4=ANYWHERE)

    def _to_internet(self, role: str) -> None:
        self._leaving(role, INTERNET, HTTPS, "Hub, registries, other regions", cidr_ipv4=ANYWHERE)

    def _leaving(self, source: str, target: str, port: int, text: str, **peer: pulumi.Input[str]) -> None:
        part = names.flow(source, target)
        self._rule(aws.vpc.SecurityGroupEgressRule, part, "out", self._groups[source], port, text, **peer)

    def _rule(
        self,
        rule: type[aws.vpc.SecurityGroupEgressRule | aws.vpc.SecurityGroupIngressRule],
        part: str,
        way: str,
        group: aws.ec2.SecurityGroup,
        port: int,
        text: str,
        **peer: pulumi.Input[str],
    ) -> None:
        rule(
            self.scope.named(f"{part}-{way}"),
            security_group_id=group.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=text,
            region=self.scope.location,
            tags=self.scope.tags(part),
            opts=self.options(),
            **peer,
        )
