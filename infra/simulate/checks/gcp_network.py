"""VPC networks, subnetworks, firewalls, routers, DNS."""

from __future__ import annotations

import ipaddress
from typing import Any, Final

from llmdeploy.infra.simulate.checks.look import Check, Look, Problems, at
from llmdeploy.infra.simulate.offline import gcp

_AUTOMATIC: Final = ipaddress.IPv4Network("10.128.0.0/9")
"""Where an automatic network has its own subnetwork of each region. Source: the VPC guide, "Subnets"."""
_SUBNETWORK: Final = "gcp:compute/subnetwork:Subnetwork"


def _region(look: Look) -> Problems:
    region = str(look.get("region", "")).rpartition("/")[2]
    if region and region not in gcp.regions():
        yield "invalid", f"Invalid value for field 'region': '{region}'. Unknown region."


def _subnetwork(look: Look) -> Problems:
    yield from _region(look)
    block = _network(look.get("ipCidrRange"))
    if block is False:
        yield (
            "invalid",
            (
                f"Invalid value for field 'resource.ipCidrRange': '{look.get('ipCidrRange')}'. Must be "
                "a CIDR address range."
            ),
        )
    network = look.record(look.get("network"), "gcp:compute/network:Network")
    for other in look.store.users(network.number) if network and block else ():
        beside = _network(other.inputs.get("ipCidrRange")) if other.token == _SUBNETWORK else None
        same = other.inputs.get("ipCidrRange") == look.get("ipCidrRange") and other.region == look.region
        if beside and block.overlaps(beside) and not same:
            yield (
                "badRequest",
                (
                    f"Invalid IPCidrRange: {block} conflicts with existing subnetwork "
                    f"'{other.outputs.get('name')}'"
                ),
            )
    if look.get("purpose") == "REGIONAL_MANAGED_PROXY" and not look.given("role"):
        yield (
            "invalid",
            "Invalid value for field 'resource.role': a proxy-only subnet needs the role ACTIVE or BACKUP",
        )
    automatic = network and network.inputs.get("autoCreateSubnetworks", True) is True
    if automatic and not look.given("purpose") and block and block.overlaps(_AUTOMATIC):
        told = f"Invalid IPCidrRange: {block} conflicts with the network's automatic subnetworks"
        yield "badRequest", told


def _firewall(look: Look) -> Problems:
    if not look.given("allows") and not look.given("denies"):
        yield "invalid", "Invalid value for field 'resource': allowed or denied is needed"
    if look.given("allows") and look.given("denies"):
        yield "invalid", "Invalid value for field 'resource': allowed and denied exclude each other"
    for name in ("sourceRanges", "destinationRanges"):
        for block in look.items(name):
            if isinstance(block, str) and _any_network(block) is False:
                yield (
                    "invalid",
                    (
                        f"Invalid value for field 'resource.{name}': '{block}'. Must be a valid CIDR address "
                        "range."
                    ),
                )
    if look.get("direction", "INGRESS") == "EGRESS" and look.given("sourceRanges"):
        yield "invalid", "Invalid value for field 'resource.sourceRanges': not for egress"
    for rule in [*look.items("allows"), *look.items("denies")]:
        if at(rule, "ports") and str(at(rule, "protocol", "")).lower() not in {
            "tcp",
            "udp",
            "sctp",
            "6",
            "17",
            "132",
        }:
            yield (
                "invalid",
                "Invalid value for field 'resource.allowed': ports need the protocol tcp, udp or sctp",
            )


def _nat(look: Look) -> Problems:
    allocation = look.get("natIpAllocateOption")
    if allocation == "MANUAL_ONLY" and not look.given("natIps"):
        yield "invalid", "Invalid value for field 'resource.nats[0].natIps': needed with MANUAL_ONLY"
    listed = look.get("sourceSubnetworkIpRangesToNat") == "LIST_OF_SUBNETWORKS"
    if listed != look.given("subnetworks"):
        yield (
            "invalid",
            (
                "Invalid value for field 'resource.nats[0].subnetworks': needed with "
                "LIST_OF_SUBNETWORKS and only with it"
            ),
        )


def _zone(look: Look) -> Problems:
    name = look.get("dnsName")
    if isinstance(name, str) and not name.endswith("."):
        yield "invalid", f"Invalid value for 'entity.managedZone.dnsName': '{name}'. It must end with a dot."


def _record(look: Look) -> Problems:
    name = look.get("name")
    if isinstance(name, str) and not name.endswith("."):
        yield (
            "invalid",
            f"Invalid value for 'entity.change.additions.name': '{name}'. It must end with a dot.",
        )
    zone = look.record(look.get("managedZone"), "gcp:dns/managedZone:ManagedZone")
    if zone and isinstance(name, str) and not f".{name}".endswith(f".{zone.inputs.get('dnsName')}"):
        yield "invalid", f"'{name}' is not in the zone '{zone.inputs.get('dnsName')}'"
    if look.given("rrdatas") == look.given("routingPolicy"):
        yield "invalid", "exactly one of rrdatas and routingPolicy is needed"
    if look.get("type") == "A":
        for address in look.items("rrdatas"):
            if isinstance(address, str) and not _is_address(address):
                yield "invalid", f"Invalid value for 'entity.change.additions.rrdata': '{address}'"


def _is_address(text: str) -> bool:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        return False
    return True


def _network(block: Any) -> Any:
    """The network; None where none is known, False where it is none."""
    if not isinstance(block, str):
        return None
    try:
        return ipaddress.IPv4Network(block, strict=False)
    except ValueError:
        return False


def _any_network(block: str) -> Any:
    try:
        return ipaddress.ip_network(block, strict=False)
    except ValueError:
        return False


CHECKS: Final[dict[str, tuple[Check, ...]]] = {
    "gcp:compute/address:Address": (_region,),
    "gcp:compute/firewall:Firewall": (_firewall,),
    "gcp:compute/router:Router": (_region,),
    "gcp:compute/routerNat:RouterNat": (_nat,),
    _SUBNETWORK: (_subnetwork,),
    "gcp:dns/managedZone:ManagedZone": (_zone,),
    "gcp:dns/recordSet:RecordSet": (_record,),
}
