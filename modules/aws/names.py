"""Every logical name of a resource in AWS, as the part after the region's (`aws-us-east-1-`).

A changed name makes another resource of it: a fleet would be replaced. The golden graphs are the contract;
change a name only together with a Pulumi alias.

`FLEET`, `FRONT`, `ENTRY`, `CHECKED` and the slot `green` name load balancers and target groups, whose
physical names have 32 characters at most, of which Pulumi takes 8 for its own suffix. The longest region
(`aws-ap-southeast-1`) leaves 5 for them.
"""

from __future__ import annotations

from llmdeploy.serving.plan.model import Slot

LONGEST_BALANCER_NAME = 32 - 8
"""Characters of a logical name whose resource is a load balancer or a target group."""

# The network.
NETWORK = "network"
VPC = "vpc"
INTERNET_GATEWAY = "internet"
NAT = "nat"
PUBLIC = "public"
PRIVATE = "private"
TO_INTERNET = "to-internet"
TO_NAT = "to-nat"
ENDPOINTS = "endpoints"
FIREWALL = "firewall"
ZONE = "zone"

# What lies in the region for its machines.
BUCKET = "bucket"
ADAPTERS = "adapters"
IMAGES = "images"
LOGS = "logs"
NODE = "node"
GATEWAY = "gateway"
EXECUTION = "execution"
IDENTITIES = "identities"

# The fleet.
FLEET = "fleet"
CHECKED = "chk"
POOL = "pool"
FALLBACK = "fallback"
LOAD = "load"
SHORT = "short"
COVERED = "covered"
ERRORS = "errors"
LOST = "lost"
ALARMS = "alarms"

# An endpoint of a service of AWS, in the place of instances.
ENDPOINT = "endpoint"
ENDPOINT_ALARMS = "endpoint-alarms"
ENDPOINT_CALLER = "endpoint-caller"
ENDPOINT_ERRORS = "endpoint-errors"
ENDPOINT_SLOW = "endpoint-slow"
ENDPOINT_WAKES = "endpoint-wakes"

# The way in.
FRONT = "front"
ENTRY = "entry"
PEERS = "peers"
DASHBOARD = "dashboard"


def in_zone(part: str, zone: str) -> str:
    """A part that there is once a zone: `private` in us-east-1a is `private-a`."""
    return f"{part}-{zone[-1]}"


def in_slot(part: str, slot: Slot) -> str:
    """A part that each version of a region's replicas has: `alarms` of those in the slot `green` are
    `alarms-green`. Those in `blue` are called as if there were no slots, as before there were any.
    """
    if slot == "blue":
        return part
    if part == CHECKED:
        return f"{part}-{slot[0]}"
    return slot if part == FLEET else f"{part}-{slot}"


def flow(source: str, target: str) -> str:
    """What the firewall lets through."""
    return f"{source}-to-{target}"


def gateway_file(name: str) -> str:
    """A file of the gateway, as an object of the bucket."""
    return f"{GATEWAY}-{name}"


def peer(region: str) -> str:
    """Another region, as this one's private zone names it."""
    return f"to-{region.replace('/', '-')}"
