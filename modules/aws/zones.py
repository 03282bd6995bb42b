"""Which availability zones a region's network spans, and where each zone's subnets lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from llmdeploy.serving.errors import LlmdeployError

VPC_CIDR = "10.0.0.0/16"
"""Every region's: networks are never joined, regions reach each other through their public fronts."""
LEAST_ZONES = 2
"""An Application Load Balancer takes subnets in two zones at least
(elasticloadbalancing/latest/application/application-load-balancers)."""
MOST_ZONES = 8
"""Private subnets have 4,096 addresses each, and half of the network is theirs."""


@dataclass(frozen=True, slots=True)
class Zones:
    """The zones of a region.

    Args:
        network: those with subnets: load balancers and gateways stand in all of them.
        fleet: those that offer the instance, and so may hold replicas; none where no instances are wanted.
    """

    network: tuple[str, ...]
    fleet: tuple[str, ...]


def choose_zones(
    region: str,
    instance: str,
    offering: Sequence[str],
    others: Sequence[str],
    standing: Sequence[str] = (),
) -> Zones:
    """Every zone that offers the instance, and further ones until a load balancer can stand there.

    Args:
        offering: the zones that offer `instance`.
        others: the region's zones, with or without those.
        standing: those that have subnets already. They stay: a subnet cannot go while old instances stand in
            it, which is as long as the new ones load.

    Raises:
        LlmdeployError: no zone offers it, or the region has fewer than two zones.
    """
    fleet = tuple(sorted(set(offering)))
    if not fleet:
        raise LlmdeployError(
            f"no zone of {region} offers {instance}", "choose another region, or another GPU (`hardware.gpu`)"
        )
    needed = {*fleet, *standing}
    spare = [zone for zone in sorted(set(others)) if zone not in needed]
    network = tuple(sorted([*needed, *spare[: max(0, LEAST_ZONES - len(needed))]]))
    if len(network) < LEAST_ZONES:
        raise _too_few(region)
    return Zones(network, fleet)


def least_zones(region: str, others: Sequence[str], standing: Sequence[str] = ()) -> tuple[str, ...]:
    """The zones of a network without instances: those with subnets, and as many more as load balancers need.

    Raises:
        LlmdeployError: the region has fewer than two zones.
    """
    spare = [zone for zone in sorted(set(others)) if zone not in standing]
    network = tuple(sorted([*standing, *spare[: max(0, LEAST_ZONES - len(standing))]]))
    if len(network) < LEAST_ZONES:
        raise _too_few(region)
    return network


def private_cidr(zone: str) -> str:
    """The zone's private subnet. It follows from the zone's letter, so that a zone more moves no subnet."""
    return str(list(IPv4Network(VPC_CIDR).subnets(new_prefix=20))[_ordinal(zone)])


def public_cidr(zone: str) -> str:
    """The zone's public subnet: load balancers and the NAT gateway, nothing else."""
    upper_half = list(IPv4Network(VPC_CIDR).subnets(new_prefix=17))[1]
    return str(list(upper_half.subnets(new_prefix=24))[_ordinal(zone)])


def _too_few(region: str) -> LlmdeployError:
    return LlmdeployError(
        f"{region} has one zone that this account can use, and a load balancer needs two",
        "choose another region",
    )


def _ordinal(zone: str) -> int:
    ordinal = ord(zone[-1]) - ord("a")
    if not 0 <= ordinal < MOST_ZONES:
        raise LlmdeployError(
            f"{zone} is not an availability zone that is known here", "choose another region"
        )
    return ordinal
