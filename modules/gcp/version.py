"""What one version of a region's replicas runs on: its groups, what sizes them, and its load balancer."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.fleet import Fleet
from llmdeploy.modules.gcp.fleet_load_balancer import GcpFleetLoadBalancer
from llmdeploy.modules.gcp.gpu_pool import GcpGpuPool, Node
from llmdeploy.modules.gcp.names import in_slot, part
from llmdeploy.modules.gcp.scaling import follow_load
from llmdeploy.modules.gcp.shortage import follow_shortage
from llmdeploy.modules.gcp.subnets import GcpSubnets
from llmdeploy.serving.plan.gateway import GatewayPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the versions of a region share.

    Args:
        name: the region's logical name, with which those of its resources begin.
    """

    name: str
    deployment: Deployment
    gateway: GatewayPlan
    network: pulumi.Output[str]
    subnets: GcpSubnets
    opts: pulumi.ResourceOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What was made of a version that is instances."""

    managers: tuple[pulumi.Output[str], ...]
    """Names of its managed groups, that of the stand-ins last."""
    backend: pulumi.Output[str]
    """Name of its backend service, whose health says which replicas serve."""


def make_version(place: Place, fleet: Fleet, node: Node) -> Version:
    """A version with all that it does not share. Its parts are the region's children, as if it were alone."""
    pools = _make_pools(place, fleet, node)
    balancer = GcpFleetLoadBalancer(
        _named(place, fleet, "fleet"),
        place.deployment,
        fleet,
        place.gateway,
        place.network,
        place.subnets,
        [pool.group for pool in pools],
        place.opts,
    )
    return Version(managers=tuple(pool.manager for pool in pools), backend=balancer.backend)


def _make_pools(place: Place, fleet: Fleet, node: Node) -> list[GcpGpuPool]:
    """The fleet; and where it is spot with a fallback, the group that stands in for what is missing."""
    pool = GcpGpuPool(
        _named(place, fleet, "pool"), place.deployment, fleet, node, names.NODE, fleet.spot, place.opts
    )
    stack = place.deployment.stack
    if fleet.scales:
        follow_load(_named(place, fleet, "load"), fleet, stack, pool.target, place.opts)
    if not fleet.falls_back:
        return [pool]
    stand_in = GcpGpuPool(
        _named(place, fleet, "fallback"),
        place.deployment,
        fleet.stand_in,
        node,
        names.STAND_IN,
        spot=False,
        opts=place.opts,
    )
    if fleet.most:
        follow_shortage(_named(place, fleet, "shortage"), fleet, stack, stand_in.target, place.opts)
    return [pool, stand_in]


def _named(place: Place, fleet: Fleet, what: str) -> str:
    return part(place.name, in_slot(what, fleet.slot))
