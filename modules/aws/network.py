"""A region's network: public subnets for load balancers, private ones for everything that computes."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.modules.aws.zones import VPC_CIDR, Zones, private_cidr, public_cidr

ANYWHERE = "0.0.0.0/0"


class Network(Block):
    """The VPC, its subnets, and their ways out.

    One NAT gateway a region, in its first zone: what leaves through it is the fallback to the hub and
    requests to other regions, both rare. While that zone is lost, those two fail; the region goes on serving.
    """

    vpc_id: pulumi.Output[str]
    public_subnets: list[pulumi.Output[str]]
    private_subnets: dict[str, pulumi.Output[str]]
    """By zone."""
    private_routes: pulumi.Output[str]
    """The route table of the private subnets."""

    def __init__(self, scope: Scope, zones: Zones, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(scope, names.NETWORK, opts)
        vpc = aws.ec2.Vpc(
            scope.named(names.VPC),
            cidr_block=VPC_CIDR,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            region=scope.location,
            tags=scope.tags(names.VPC),
            opts=self.options(),
        )
        self.vpc_id = vpc.id
        public = {zone: self._subnet(names.PUBLIC, zone, public_cidr(zone)) for zone in zones.network}
        private = {zone: self._subnet(names.PRIVATE, zone, private_cidr(zone)) for zone in zones.network}
        self.public_subnets = [subnet.id for subnet in public.values()]
        self.private_subnets = {zone: subnet.id for zone, subnet in private.items()}
        internet = self._internet_gateway()
        nat = self._nat(public[zones.network[0]], internet)
        self._route_out(names.PUBLIC, names.TO_INTERNET, public, gateway_id=internet.id)
        self.private_routes = self._route_out(names.PRIVATE, names.TO_NAT, private, nat_gateway_id=nat.id)
        self.register_outputs({})

    def private_subnets_in(self, zones: tuple[str, ...]) -> list[pulumi.Output[str]]:
        """The private subnets of some zones."""
        return [self.private_subnets[zone] for zone in zones]

    def _subnet(self, part: str, zone: str, cidr: str) -> aws.ec2.Subnet:
        part = names.in_zone(part, zone)
        return aws.ec2.Subnet(
            self.scope.named(part),
            vpc_id=self.vpc_id,
            availability_zone=zone,
            cidr_block=cidr,
            map_public_ip_on_launch=False,
            region=self.scope.location,
            tags=self.scope.tags(part),
            opts=self.options(),
        )

    def _internet_gateway(self) -> aws.ec2.InternetGateway:
        return aws.ec2.InternetGateway(
            self.scope.named(names.INTERNET_GATEWAY),
            vpc_id=self.vpc_id,
            region=self.scope.location,
            tags=self.scope.tags(names.INTERNET_GATEWAY),
            opts=self.options(),
        )

    def _nat(self, subnet: aws.ec2.Subnet, internet: aws.ec2.InternetGateway) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(
            self.scope.named(names.NAT),
            domain="vpc",
            region=self.scope.location,
            tags=self.scope.tags(names.NAT),
            opts=self.options(after=[internet]),
        )
        return aws.ec2.NatGateway(
            self.scope.named(names.NAT),
            allocation_id=address.id,
            subnet_id=subnet.id,
            region=self.scope.location,
            tags=self.scope.tags(names.NAT),
            opts=self.options(after=[internet]),
        )

    def _route_out(
        self, part: str, way: str, subnets: dict[str, aws.ec2.Subnet], **target: pulumi.Output[str]
    ) -> pulumi.Output[str]:
        table = aws.ec2.RouteTable(
            self.scope.named(part),
            vpc_id=self.vpc_id,
            region=self.scope.location,
            tags=self.scope.tags(part),
            opts=self.options(),
        )
        aws.ec2.Route(
            self.scope.named(way),
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            region=self.scope.location,
            opts=self.options(),
            **target,
        )
        for zone, subnet in subnets.items():
            aws.ec2.RouteTableAssociation(
                self.scope.named(names.in_zone(part, zone)),
                route_table_id=table.id,
                subnet_id=subnet.id,
                region=self.scope.location,
                opts=self.options(),
            )
        table_id: pulumi.Output[str] = table.id
        return table_id
