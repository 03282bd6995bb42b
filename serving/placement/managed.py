"""What a cloud's own service rents for a replica, and what it takes for that."""

from __future__ import annotations

from dataclasses import replace
from math import ceil
from pathlib import Path

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.instances import InstanceType, instances_in
from llmdeploy.serving.catalog.managed import ManagedService, OwnUnit, managed_service
from llmdeploy.serving.catalog.managed_prices import managed_price
from llmdeploy.serving.catalog.prices import Price
from llmdeploy.serving.placement.ask import RegionAsk, ReplicaAsk
from llmdeploy.serving.placement.fit import sizing_request
from llmdeploy.serving.sizing.size import size
from llmdeploy.serving.spec.managed import Service

STAND_IN_GPUS = (1, 2, 4, 8)
"""GPUs that a model divides over, as every framework accepts."""


def rented_in(ask: RegionAsk) -> tuple[InstanceType, ...]:
    """What the region's service could run the replica on: our instance types, or units of its own."""
    assert ask.managed is not None
    service = managed_service(ask.managed)
    if not service.own_units:
        return instances_in(ask.region)
    return tuple(_as_instance(service, unit, _units(service, ask.replica)) for unit in service.own_units)


def rented(
    ask: RegionAsk, name: Service, instance: InstanceType, overlay: Path | None
) -> tuple[Price | None, str]:
    """The price of a replica, which the cloud rents and nobody else sees; or why it cannot be had."""
    service = managed_service(name)
    unit = service.unit(instance.name)
    if unit is None or not instance.on_demand:
        return None, f"is not rented as {service.one}"
    if ask.purchase != "on-demand":
        return None, f"its spot price as {service.one} is not known"
    found = managed_price(name, ask.region, unit, overlay)
    if found is None:
        return None, f"its price as {service.one} is not known"
    count = _units(service, ask.replica)
    source = found.source if count == 1 else f"{count} units, by their memory, at {found.source}"
    paid = Price(
        ask.region,
        unit if count == 1 else f"{count} × {unit}",
        "on-demand",
        round(found.hourly_usd * count, 4),
        found.estimated or count > 1,
        source,
        found.checked,
    )
    return paid, ""


def _units(service: ManagedService, replica: ReplicaAsk) -> int:
    """Units of one copy: as many as hold the weights and the cache of one full context."""
    if service.unit_gib is None:
        return 1
    limits = service.architectures
    longest = replica.architecture.max_context
    plain = replace(replica, weights="none", method=None, kv_cache="16-bit", tensor=None, pipeline=1)
    request = replace(
        sizing_request(plain, gpus()[service.own_units[0].gpu], 1),
        # What is imported is the whole model, whatever the spec asks of it.
        context_length=min(longest, limits.context_below - 1) if limits else longest,
    )
    found = size(request)
    one_context = (
        found.kv_gib / found.concurrency if found.concurrency >= 1 else found.short_gib + found.kv_gib
    )
    return max(1, ceil((found.weights_total_gib + one_context) / service.unit_gib))


def _as_instance(service: ManagedService, unit: OwnUnit, count: int) -> InstanceType:
    fitting = [several for several in STAND_IN_GPUS if several >= count * unit.gpus]
    several = fitting[0] if fitting else STAND_IN_GPUS[-1]
    return InstanceType(
        provider=service.provider,
        name=unit.name,
        gpu=unit.gpu,
        gpus=several,
        vcpus=unit.vcpus * several,
        memory_gib=unit.memory_gib * several,
        nvme_gb=0,
        network_gbps=0.0,
        on_demand=True,
        spot=False,
        source="managed-services.yaml",
        checked=service.facts["billing"].checked,
    )
