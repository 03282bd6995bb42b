"""The rows of a bill, region by region."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmdeploy.serving.catalog.table import read_table
from llmdeploy.serving.plan.cost import CostPlan, CostRow
from llmdeploy.serving.plan.front import accelerated
from llmdeploy.serving.plan.hardware import HardwarePlan
from llmdeploy.serving.plan.model import RegionPlan

TOKEN_BYTES = 250
"""Bytes of a streamed output token on the wire: OpenAI's chunk of about 200 with its headers."""


def cost_plan(regions: Sequence[RegionPlan], utilisation: float, domain: str | None = None) -> CostPlan:
    """The bill at the least, the expected and the most replicas of every region."""
    rows = [row for region in regions for row in _region_rows(region, utilisation)]
    rows += entry_rows(regions, domain)
    tokens = sum(_tokens_per_hour(region, utilisation) for region in regions)
    return CostPlan(rows=tuple(rows), utilisation=utilisation, tokens_per_hour=tokens)


def expected_replicas(region: RegionPlan, utilisation: float) -> float:
    """Replicas on the mean of a month: as far between least and most as the load is between none and full."""
    return region.min_replicas + (region.max_replicas - region.min_replicas) * utilisation


def fixed_rows(region: RegionPlan) -> Iterator[CostRow]:
    """What a region costs beside its instances and its traffic, however many replicas it has. A managed one
    has its network, gateways and front as any other, and nothing between gateway and replicas."""
    for row in read_table("network")[region.provider].values():
        some = row if region.managed is None else row | row.get("managed", {})
        if count := some.get("count"):
            item = some["what"] if count == 1 else f"{count} × {some['what']}"
            yield _fixed(region.name, item, row["hourly"] * count, row["source"])


def entry_rows(regions: Sequence[RegionPlan], domain: str | None) -> Iterator[CostRow]:
    """What stands in front of all regions, where that is paid for by the hour."""
    if accelerated(regions, domain):
        row = read_table("network")["aws"]["entry"]
        yield _fixed("all", row["what"], row["hourly"], row["source"])


def _region_rows(region: RegionPlan, utilisation: float) -> Iterator[CostRow]:
    hardware = region.hardware
    assert hardware is not None
    yield _instances(region, hardware, expected_replicas(region, utilisation))
    yield from fixed_rows(region)
    yield _egress(region, hardware, utilisation, read_table("network")[region.provider]["egress"])


def _instances(region: RegionPlan, hardware: HardwarePlan, expected: float) -> CostRow:
    usd, dearest = hardware.hourly_usd, hardware.fallback_usd or hardware.hourly_usd
    return CostRow(
        region=region.name,
        item=f"{hardware.instance}, {hardware.purchase}",
        least_usd=usd * region.min_replicas,
        expected_usd=usd * expected,
        most_usd=dearest * region.max_replicas,
        estimated=hardware.price_estimated or hardware.fallback_estimated,
        source=f"{hardware.price_source} ({hardware.price_checked})",
    )


def _egress(
    region: RegionPlan, hardware: HardwarePlan, utilisation: float, row: dict[str, str | float]
) -> CostRow:
    full = hardware.speed.output_tokens_per_second * 3600 * TOKEN_BYTES / 2**30 * float(row["gib"])
    return CostRow(
        region=region.name,
        item=str(row["what"]),
        least_usd=0.0,
        expected_usd=full * expected_replicas(region, utilisation) * utilisation,
        most_usd=full * region.max_replicas,
        estimated=True,
        source=str(row["source"]),
    )


def _fixed(region: str, item: str, usd: float, source: str) -> CostRow:
    return CostRow(
        region=region,
        item=item,
        least_usd=usd,
        expected_usd=usd,
        most_usd=usd,
        estimated=True,
        source=source,
    )


def _tokens_per_hour(region: RegionPlan, utilisation: float) -> float:
    assert region.hardware is not None
    speed = region.hardware.speed
    each = speed.requests_per_second * (speed.input_tokens + speed.output_tokens) * 3600
    return each * expected_replicas(region, utilisation) * utilisation
