"""What the clouds' own services cost, beside what an instance costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.catalog.managed import ManagedService, managed_service
from llmdeploy.serving.catalog.prices import price
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.spec.managed import Service


@dataclass(frozen=True, slots=True)
class ManagedPrice:
    """One price of a managed service in one region."""

    service: str
    """As `managed.service` names it."""
    region: str
    """`provider/location`."""
    unit: str
    """What is rented: an instance type, a machine type, or a custom model unit."""
    gpu: str
    """A name of gpus.yaml; empty where the service does not say."""
    gpus: int
    hourly_usd: float
    estimated: bool
    """True where no list price was found, and `source` says how it was worked out."""
    source: str
    checked: str
    """ISO date."""


@cache
def managed_prices() -> tuple[ManagedPrice, ...]:
    """Every price of a managed endpoint that the catalog has a source for."""
    table = read_table("managed")
    return tuple(
        ManagedPrice(
            service=row["service"],
            region=row["region"],
            unit=row["unit"],
            gpu=row.get("gpu", ""),
            gpus=row.get("gpus", 0),
            hourly_usd=row["hourly_usd"],
            estimated=row.get("estimated", False),
            source=table["sources"][row["source"]]["source"],
            checked=str(table["sources"][row["source"]]["checked"]),
        )
        for row in table["prices"]
    )


def managed_price(name: Service, region: str, unit: str, overlay: Path | None = None) -> ManagedPrice | None:
    """The price of a unit of a service in `provider/location`; None where there is no way to it.

    A unit without a list price is estimated from the price of that instance there.

    Args:
        name: as `managed.service` names it.
        overlay: the folder of own and refreshed prices (`<home>/catalog`).

    Raises:
        BadPriceTable: the overlay's file cannot be read.
    """
    for row in managed_prices():
        if (row.service, row.region, row.unit) == (name, region, unit):
            return row
    service = managed_service(name)
    return None if service.own_units else _estimate(service, region, unit, overlay)


def _estimate(service: ManagedService, region: str, unit: str, overlay: Path | None) -> ManagedPrice | None:
    instance = service.instance(unit)
    described = instance_types(region.partition("/")[0]).get(instance)
    machine = price(region, instance, "on-demand", overlay)
    if described is None or machine is None:
        return None
    ratio = read_table("managed")[f"{service.name}_ratio"]
    factor = ratio[_ratio_key(instance) if service.name == "sagemaker" else "all"]
    return ManagedPrice(
        service=service.name,
        region=region,
        unit=unit,
        gpu=described.gpu,
        gpus=described.gpus,
        hourly_usd=round(machine.hourly_usd * factor, 4),
        estimated=True,
        source=f"{instance} on demand times {factor} ({ratio['source']}); {instance}: {machine.source}",
        checked=machine.checked,
    )


def _ratio_key(instance: str) -> str:
    if instance.startswith("p"):
        return "p"
    return "g-xlarge" if instance.endswith(".xlarge") else "g"
