"""EC2: networks, security groups, launch templates."""

from __future__ import annotations

import base64
import binascii
import ipaddress
from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at
from llmdeploy.infra.simulate.offline import aws

_SUBNET: Final = "aws:ec2/subnet:Subnet"
_USER_DATA_BYTES: Final = 16384
"""Source: EC2 User Guide, "Run commands when you launch an EC2 instance": 16 KB before base64."""


def _vpc_block(look: Look) -> Problems:
    block = _network(look.get("cidrBlock"))
    if block is False:
        yield (
            "InvalidParameterValue",
            (
                f"Value ({look.get('cidrBlock')}) for parameter cidrBlock is invalid. This is not a "
                "valid CIDR block."
            ),
        )
    elif block and not 16 <= block.prefixlen <= 28:
        yield "InvalidVpc.Range", f"The CIDR '{block}' is invalid."


def _subnet_block(look: Look) -> Problems:
    given = look.get("cidrBlock")
    block = _network(given)
    if block is False:
        yield (
            "InvalidParameterValue",
            f"Value ({given}) for parameter cidrBlock is invalid. This is not a valid CIDR block.",
        )
        return
    vpc = look.record(look.get("vpcId"), "aws:ec2/vpc:Vpc")
    around = _network(vpc.outputs.get("cidrBlock")) if vpc else None
    if block and around and not block.subnet_of(around):
        yield "InvalidSubnet.Range", f"The CIDR '{block}' is invalid."
    if block and vpc:
        yield from _conflicts(look, block, vpc.number)


def _conflicts(look: Look, block: ipaddress.IPv4Network, vpc: int) -> Problems:
    for other in look.store.users(vpc):
        if other.token != _SUBNET:
            continue
        same = other.inputs.get("cidrBlock") == look.get("cidrBlock") and other.inputs.get(
            "availabilityZone"
        ) == look.get("availabilityZone")
        beside = _network(other.inputs.get("cidrBlock"))
        if beside and block.overlaps(beside) and not same:
            yield "InvalidSubnet.Conflict", f"The CIDR '{block}' conflicts with another subnet"


def _zone(look: Look) -> Problems:
    zone = look.get("availabilityZone")
    if zone and look.region and zone not in aws.zones(look.region):
        known = ", ".join(aws.zones(look.region))
        yield (
            "InvalidParameterValue",
            (
                f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only "
                "be created in the "
                f"following availability zones: {known}."
            ),
        )


def _ports(look: Look) -> Problems:
    low, high = look.get("fromPort"), look.get("toPort")
    protocol = str(look.get("ipProtocol") or look.get("protocol") or "")
    if isinstance(low, int) and isinstance(high, int) and protocol not in {"icmp", "icmpv6"} and low > high:
        yield "InvalidParameterValue", f"Invalid TCP/UDP port range ({low}:{high})"
    if protocol in {"tcp", "udp", "6", "17"} and not (look.given("fromPort") and look.given("toPort")):
        yield (
            "InvalidParameterValue",
            "Invalid value for portRange. Must specify both from and to ports with TCP/UDP.",
        )


def _rule_blocks(look: Look) -> Problems:
    block = look.get("cidrIpv4")
    if block is not None and _network(block) is False:
        yield "InvalidParameterValue", f"CIDR block {block} is malformed"
    sources = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
    if sum(look.given(each) for each in sources) != 1:
        yield "InvalidParameterCombination", f"exactly one of {', '.join(sources)} is needed"


def _group_rules(look: Look) -> Problems:
    for direction in ("ingress", "egress"):
        for rule in look.items(direction):
            for block in at(rule, "cidrBlocks", []):
                if isinstance(block, str) and _network(block) is False:
                    yield "InvalidParameterValue", f"CIDR block {block} is malformed"


def _nat(look: Look) -> Problems:
    public = look.get("connectivityType", "public") == "public" and look.get("availabilityMode") != "regional"
    if public and not look.given("allocationId"):
        yield "MissingParameter", "The request must contain the parameter AllocationId"


def _endpoint(look: Look) -> Problems:
    service = look.get("serviceName")
    if (
        service
        and look.region
        and not service.startswith(
            (f"com.amazonaws.{look.region}.", "com.amazonaws.vpce.", "aws.api.", "com.amazonaws.s3-global")
        )
    ):
        yield "InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist"
    kind = None if look.unknown("vpcEndpointType") else look.get("vpcEndpointType", "Gateway")
    short = str(service).rpartition(".")[2]
    if service and kind == "Gateway" and short not in {"s3", "dynamodb"}:
        yield (
            "InvalidParameter",
            "Endpoint type (Gateway) does not match available service types ([Interface]).",
        )
    if kind == "Gateway" and (look.given("subnetIds") or look.given("securityGroupIds")):
        yield "InvalidParameter", "Subnets and security groups are only supported for Interface endpoints"
    if kind == "Interface" and look.given("routeTableIds"):
        yield "InvalidParameter", "Route table IDs are only supported for Gateway type VPC Endpoint."


def _template(look: Look) -> Problems:
    kind = look.get("instanceType")
    if kind and kind not in aws.instance_types():
        yield "InvalidParameterValue", f"The instance type '{kind}' does not exist"
    image = look.get("imageId")
    if (
        image
        and look.region
        and not image.startswith("resolve:ssm:")
        and not aws.is_image(look.region, image)
    ):
        yield "InvalidAMIID.NotFound", f"The image id '[{image}]' does not exist"
    yield from _user_data(look.get("userData"))
    if look.given("instanceRequirements") and look.given("instanceType"):
        yield "InvalidParameterCombination", "instanceType and instanceRequirements may not both be given"
    for mapping in look.items("blockDeviceMappings"):
        yield from _disk(at(mapping, "ebs", {}))
    interfaces = look.items("networkInterfaces")
    if interfaces and (look.given("vpcSecurityGroupIds") or look.given("securityGroupNames")):
        yield (
            "InvalidParameterCombination",
            (
                "Network interfaces and an instance-level security groups may not be specified on the "
                "same request"
            ),
        )


def _user_data(text: Any) -> Problems:
    if not isinstance(text, str):
        return
    try:
        size = len(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        yield "InvalidUserData.Malformed", "Invalid BASE64 encoding of user data."
        return
    if size > _USER_DATA_BYTES:
        yield "InvalidUserData.Malformed", f"User data is limited to {_USER_DATA_BYTES} bytes"


def _disk(ebs: Any) -> Problems:
    kind, iops, throughput = at(ebs, "volumeType", "gp2"), at(ebs, "iops"), at(ebs, "throughput")
    if throughput is not None and kind != "gp3":
        yield "InvalidParameterCombination", f"The parameter throughput is not supported for {kind} volumes."
    # Source of the ratios: EBS User Guide, "General Purpose SSD volumes".
    if kind == "gp3" and throughput is not None and throughput > (iops or 3000) * 0.25:
        yield (
            "InvalidParameterCombination",
            (
                f"Throughput (MiBps) to iops ratio of {throughput / (iops or 3000):f} is too high; "
                "maximum is 0.250000 MiBps per iops."
            ),
        )
    size = at(ebs, "volumeSize")
    if kind == "gp3" and iops and size and iops > max(size * 500, 3000):
        yield "InvalidParameterCombination", "Iops to volume size ratio is too high; maximum is 500"
    if at(ebs, "kmsKeyId") and str(at(ebs, "encrypted", "false")).lower() == "false":
        yield (
            "InvalidParameterDependency",
            "The parameter KmsKeyId requires the parameter Encrypted to be set.",
        )


def _network(block: Any) -> Any:
    """The network; None where none is known, False where it is none."""
    if not isinstance(block, str):
        return None
    try:
        return ipaddress.IPv4Network(block)
    except ValueError:
        return False


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": (_template,),
    "aws:ec2/natGateway:NatGateway": (_nat,),
    "aws:ec2/securityGroup:SecurityGroup": (_group_rules,),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (_ports,),
    "aws:ec2/subnet:Subnet": (_subnet_block, _zone),
    "aws:ec2/vpc:Vpc": (_vpc_block,),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (_endpoint,),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": (_ports, _rule_blocks),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (_ports, _rule_blocks),
}
