"""What else would serve the same spec: the cloud's managed endpoints, and other people's APIs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llmdeploy.serving.catalog.api_prices import ApiPrice, api_prices
from llmdeploy.serving.catalog.managed import managed_price
from llmdeploy.serving.cost.rows import expected_replicas
from llmdeploy.serving.plan.model import Plan, RegionPlan

CHEAPEST = 3
"""API providers that are compared."""


@dataclass(frozen=True, slots=True)
class ManagedCost:
    """The same instances as a managed endpoint, USD an hour at the expected scale."""

    region: str
    unit: str
    self_hosted_usd: float
    """The instances alone."""
    managed_usd: float | None
    """None where the catalog has no price."""
    estimated: bool
    source: str


@dataclass(frozen=True, slots=True)
class ApiCost:
    """An API provider: USD for a million tokens in the spec's mix of input and output."""

    price: ApiPrice
    million_tokens_usd: float


def managed_costs(plan: Plan, overlay: Path | None = None) -> tuple[ManagedCost, ...]:
    """Region by region; managed endpoints have load balancing and gateways of their own."""
    return tuple(_managed(plan, region, overlay) for region in plan.regions if region.hardware)


def api_costs(plan: Plan) -> tuple[ApiCost, ...]:
    """The cheapest providers of the plan's model; empty where none is known."""
    share = input_share(plan)
    found = [ApiCost(row, row.blended_usd(share)) for row in api_prices(plan.model.id)]
    paid = sorted(
        (one for one in found if one.million_tokens_usd > 0), key=lambda one: one.million_tokens_usd
    )
    return tuple(paid[:CHEAPEST])


def input_share(plan: Plan) -> float:
    """Input tokens as a share of all."""
    hardware = plan.regions[0].hardware
    assert hardware is not None
    return hardware.speed.input_tokens / (hardware.speed.input_tokens + hardware.speed.output_tokens)


def _managed(plan: Plan, region: RegionPlan, overlay: Path | None) -> ManagedCost:
    hardware = region.hardware
    assert hardware is not None
    assert plan.cost is not None
    replicas = expected_replicas(region, plan.cost.utilisation)
    # Vertex AI's machines have no public price that the catalog could name a source for.
    service = "sagemaker" if region.provider == "aws" else "vertex"
    unit = f"ml.{hardware.instance}" if region.provider == "aws" else hardware.instance
    found = managed_price(service, region.name, unit, overlay)
    return ManagedCost(
        region=region.name,
        unit=f"{service} {unit}",
        self_hosted_usd=hardware.hourly_usd * replicas,
        managed_usd=found.hourly_usd * replicas if found else None,
        estimated=found.estimated if found else False,
        source=found.source if found else "no public price found",
    )
