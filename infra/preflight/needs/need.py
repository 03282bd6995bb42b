"""A quota that a plan needs, and what both clouds' have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from llmdeploy.infra.preflight.clouds.protocol import Held, QuotaName
from llmdeploy.serving.catalog.instances import InstanceType
from llmdeploy.serving.plan.gateway import GatewayTierPlan
from llmdeploy.serving.plan.hardware import HardwarePlan
from llmdeploy.serving.plan.model import RegionPlan

_DATA: Final = Path(__file__).parent.parent / "data"
_TIER: Final = GatewayTierPlan(least=2, most=2, vcpu=1, memory_gib=2)
"""Of a plan that does not say."""
HeldIn = Callable[[str], Held]
"""What the stack holds in a location."""
Own = Callable[[HeldIn], float]
"""How much of a quota's usage is the stack's own."""


@dataclass(frozen=True, slots=True)
class QuotaNeed:
    """What one quota must allow, in its own unit."""

    where: str
    """A region of the spec, or `gcp` for a quota of the whole project."""
    name: QuotaName | None
    """None: a quota that the cloud has, but whose name is not known."""
    what: str
    """`vCPU of spot G and VT instances`."""
    least: float
    """Without this nothing comes up."""
    most: float
    own: Own

    @property
    def location(self) -> str:
        """The region as its cloud names it; empty for the whole project."""
        return self.where.partition("/")[2]


def purchases(
    region: RegionPlan, hardware: HardwarePlan, instance: InstanceType
) -> Iterator[tuple[Literal["on-demand", "spot"], int]]:
    """The purchases whose quotas are used, each with the replicas it must be able to carry alone."""
    match hardware.purchase:
        case "on-demand" if instance.on_demand:
            yield "on-demand", region.min_replicas
        case "spot-with-fallback" if instance.on_demand:
            yield "spot", 0
            yield "on-demand", region.min_replicas
        case _:
            # Google's flex-start takes the quota of preemptible GPUs too.
            yield "spot", region.min_replicas


def own_replicas(region: RegionPlan, purchase: Literal["on-demand", "spot"], units: int) -> Own:
    """The units of the replicas that already run."""
    if purchase == "on-demand":
        return lambda held: held(region.location).on_demand * units
    return lambda held: held(region.location).spot * units


def where_deployed(region: RegionPlan, units: float) -> Own:
    """As many units as soon as the stack has anything in the region."""
    return lambda held: units if held(region.location).networks else 0.0


def gateway_tier(region: RegionPlan) -> GatewayTierPlan:
    """The region's gateways."""
    return region.gateway_tier or _TIER


def gateways_wanted(region: RegionPlan) -> int:
    """How many there are at least; 0 where a region has none of its own."""
    return gateway_tier(region).least if region.has_gateway else 0


@cache
def quota_table(cloud: str) -> dict[str, Any]:
    """data/CLOUD-quotas.yaml."""
    table: dict[str, Any] = yaml.safe_load((_DATA / f"{cloud}-quotas.yaml").read_text("utf-8"))
    return table
