"""What a deployment costs now, and what that has come to: worked out from prices and times, no bill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.infra.fleet.inventory import CloudInstance
from llmdeploy.infra.status.overview.cloud import CloudRegion
from llmdeploy.infra.status.overview.stack import StackState
from llmdeploy.stacks import names

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan, RegionPlan

_HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class CostSoFar:
    """USD, an estimate: prices of the catalog or the user's own, times the hours that things have run.

    Args:
        hourly_usd: of all that runs now: instances, gateways, load balancers, network; traffic not counted.
        instances_hourly_usd: of that, the instances of the fleets.
        so_far_usd: of what runs now, each since it was launched; what has ended is not in it.
        since: when the first `up` began, seconds since the epoch; None: the state does not tell.
        unpriced: instance types of regions that have no price, and are not counted.
        unasked: regions whose instances are not known, and are not counted.
    """

    hourly_usd: float
    instances_hourly_usd: float
    so_far_usd: float
    since: float | None
    unpriced: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Item:
    usd: float
    """An hour."""
    hours: float
    instance: bool


def cost_so_far(
    regions: Sequence[CloudRegion], plan: Plan, state: StackState, catalog: Path, now: float
) -> CostSoFar | None:
    """What it comes to; None where no cloud could be asked.

    Args:
        plan: of what is deployed.
        catalog: the folder of own and refreshed prices.
        now: seconds since the epoch.

    Raises:
        BadPriceTable: a file there cannot be read.
    """
    asked = [region for region in regions if region.versions]
    if not asked:
        return None
    unpriced: list[str] = []
    items = [item for region in asked for item in _instances(region, plan, catalog, now, unpriced)]
    items += [item for region in asked for item in _fixed(region, plan, state, now)]
    items += _entry(plan, state, now)
    return CostSoFar(
        hourly_usd=sum(item.usd for item in items),
        instances_hourly_usd=sum(item.usd for item in items if item.instance),
        so_far_usd=sum(item.usd * item.hours for item in items),
        since=state.first_up,
        unpriced=tuple(dict.fromkeys(unpriced)),
        unasked=tuple(region.name for region in regions if not region.versions),
    )


def _instances(
    region: CloudRegion, plan: Plan, catalog: Path, now: float, unpriced: list[str]
) -> Iterator[_Item]:
    for instance in (instance for version in region.versions for instance in version.instances):
        hourly = _hourly_usd(plan, region.name, instance, catalog)
        if hourly is None:
            unpriced.append(f"{_with_accelerators(plan, region.name, instance)} in {region.name}")
            continue
        yield _Item(hourly, _hours(instance.launched, now), instance=True)


def _hourly_usd(plan: Plan, region: str, instance: CloudInstance, catalog: Path) -> float | None:
    """None where no price is known. What a service rents is dearer than the same instance of one's own."""
    from llmdeploy.serving.catalog.managed_prices import managed_price
    from llmdeploy.serving.catalog.prices import price

    for fleet in _fleets(plan, region):
        if fleet.managed is not None and fleet.managed.unit == instance.type:
            rented = managed_price(fleet.managed.service, region, instance.type, catalog)
            return rented.hourly_usd if rented else None
    found = price(region, _with_accelerators(plan, region, instance), instance.purchase, catalog)
    return found.hourly_usd if found else None


def _with_accelerators(plan: Plan, region: str, instance: CloudInstance) -> str:
    """Google's N1 machines have their GPUs apart, and the catalog names both: `n1-standard-8+1xt4`."""
    for fleet in _fleets(plan, region):
        if fleet.hardware and fleet.hardware.instance.partition("+")[0] == instance.type:
            return fleet.hardware.instance
    return instance.type


def _fleets(plan: Plan, region: str) -> Iterator[RegionPlan]:
    """The versions of a region."""
    for each in plan.regions:
        if each.name == region:
            yield from each.fleets


def _fixed(region: CloudRegion, plan: Plan, state: StackState, now: float) -> Iterator[_Item]:
    from llmdeploy.serving.cost.rows import fixed_rows

    since = state.regions_since.get(names.facts(names.region(region.name)), state.first_up)
    for each in plan.regions:
        if each.name == region.name:
            for row in fixed_rows(each):
                yield _Item(row.least_usd, _hours(since, now), instance=False)


def _entry(plan: Plan, state: StackState, now: float) -> list[_Item]:
    from llmdeploy.serving.cost.rows import entry_rows

    hours = _hours(state.first_up, now)
    return [_Item(row.least_usd, hours, instance=False) for row in entry_rows(plan.regions, plan.domain)]


def _hours(since: float | None, now: float) -> float:
    return max(0.0, now - since) / _HOUR_S if since is not None else 0.0
