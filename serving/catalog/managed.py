"""What the clouds' own endpoints cost, beside what an instance costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.catalog.prices import price
from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.spec.managed import Service


@dataclass(frozen=True, slots=True)
class ManagedPrice:
    """One price of a managed service in one region."""

    service: str
    """`sagemaker`, `vertex`, `cloud-run` or `bedrock-import`."""
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


@dataclass(frozen=True, slots=True)
class ManagedService:
    """The endpoints of one cloud, which run a model on instances that nobody sees."""

    name: str
    """As `managed.service` names it."""
    provider: str
    shown: str
    limits: tuple[tuple[str, str], ...]
    """What no spec can change, each with its source."""
    unit_prefix: str
    not_rented: tuple[str, ...]

    def unit(self, instance: str) -> str | None:
        """What the service calls an instance type; None where it does not rent it."""
        return None if instance in self.not_rented else f"{self.unit_prefix}{instance}"

    def instance(self, unit: str) -> str:
        """The instance type of a unit."""
        return unit.removeprefix(self.unit_prefix)


@cache
def managed_service(name: str) -> ManagedService:
    """A service by the name that `managed.service` has for it."""
    row = read_table("managed")["services"][name]
    limits = tuple((each["what"], each["source"]) for each in row["limits"])
    return ManagedService(
        name, row["provider"], row["shown"], limits, row["unit_prefix"], tuple(row["not_rented"])
    )


USUAL: Final[dict[str, Service]] = {"aws": "sagemaker", "gcp": "vertex"}
"""The service of each cloud that runs any container on any of its GPUs."""


def managed_price(
    service_name: str, region: str, unit: str, overlay: Path | None = None
) -> ManagedPrice | None:
    """The price of a unit of a service in `provider/location`; None where there is no way to it.

    A unit without a list price is estimated from the price of that instance there.

    Args:
        service_name: as `managed.service` names it.
        overlay: the folder of own and refreshed prices (`<home>/catalog`).

    Raises:
        BadPriceTable: the overlay's file cannot be read.
    """
    service = managed_service(service_name)
    for row in managed_prices():
        if (row.service, row.region, row.unit) == (service.name, region, unit):
            return row
    return _estimate(service, region, unit, overlay)


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
