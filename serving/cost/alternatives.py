"""What else would serve the same spec: the cloud's managed endpoints, or instances of one's own; and other
people's APIs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from llmdeploy.serving.catalog.api_prices import ApiPrice, api_prices
from llmdeploy.serving.catalog.instances import instance_types, instances_in
from llmdeploy.serving.catalog.managed import USUAL, ManagedService, managed_service
from llmdeploy.serving.catalog.managed_prices import ManagedPrice, managed_price
from llmdeploy.serving.catalog.prices import Price, price
from llmdeploy.serving.cost.rows import expected_replicas
from llmdeploy.serving.plan.model import Plan, RegionPlan

CHEAPEST = 3
"""API providers that are compared."""


@dataclass(frozen=True, slots=True)
class Rate:
    """USD for one hour of one replica's instance, and where that is from."""

    hourly_usd: float
    estimated: bool
    source: str


@dataclass(frozen=True, slots=True)
class EndpointCost:
    """The instance of a region, self-hosted and as a managed endpoint. None where no price is known."""

    region: str
    unit: str
    """What the cloud calls the endpoint."""
    replicas: float
    """At the expected scale."""
    self_hosted: Rate | None
    managed: Rate | None


@dataclass(frozen=True, slots=True)
class ApiCost:
    """An API provider: USD for a million tokens in the spec's mix of input and output."""

    price: ApiPrice
    million_tokens_usd: float


def endpoint_costs(plan: Plan, overlay: Path | None = None) -> tuple[EndpointCost, ...]:
    """Region by region, the instances alone: managed endpoints have load balancing of their own."""
    return tuple(_endpoint(plan, region, overlay) for region in plan.regions if region.hardware)


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


def _endpoint(plan: Plan, region: RegionPlan, overlay: Path | None) -> EndpointCost:
    hardware = region.hardware
    assert hardware is not None
    assert plan.cost is not None
    service = managed_service(region.managed.service if region.managed else USUAL[region.provider])
    planned = Rate(
        hardware.hourly_usd,
        hardware.price_estimated,
        f"{hardware.price_source} ({hardware.price_checked})",
    )
    own: Rate | None = planned
    managed: Rate | None = planned
    unit: str | None = hardware.instance
    if region.managed is not None:
        own = _rate(_self_hosted(service, region, overlay))
    else:
        unit = service.unit(hardware.instance)
        managed = _rate(managed_price(service.name, region.name, unit, overlay)) if unit else None
    return EndpointCost(
        region=region.name,
        unit=f"{service.shown} {unit}" if unit else f"no {service.shown} of {hardware.instance}",
        replicas=expected_replicas(region, plan.cost.utilisation),
        self_hosted=own,
        managed=managed,
    )


def _self_hosted(service: ManagedService, region: RegionPlan, overlay: Path | None) -> Price | None:
    """The instance that a unit is, or for a unit of the service's own the cheapest with its GPUs; None where
    the service does not say which those are."""
    hardware = region.hardware
    assert hardware is not None
    instance = service.instance(hardware.instance)
    if instance in instance_types(region.provider):
        return price(region.name, instance, "on-demand", overlay)
    if not service.gpus:
        return None
    alike = [
        price(region.name, one.name, "on-demand", overlay)
        for one in instances_in(region.name)
        if one.on_demand and one.gpu == hardware.gpu and one.gpus >= hardware.gpus
    ]
    return min((one for one in alike if one is not None), key=lambda one: one.hourly_usd, default=None)


def _rate(found: Price | ManagedPrice | None) -> Rate | None:
    return Rate(found.hourly_usd, found.estimated, f"{found.source} ({found.checked})") if found else None
