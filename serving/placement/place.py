"""Places a replica in a region: the cheapest instances that will do, and why the others lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from llmdeploy.serving.catalog.gpus import gpus
from llmdeploy.serving.catalog.instances import InstanceType, instances_in
from llmdeploy.serving.catalog.prices import Price, price
from llmdeploy.serving.placement.ask import RegionAsk
from llmdeploy.serving.placement.fit import Fit, fit
from llmdeploy.serving.placement.managed import rented, rented_in

WORTH_BEING_SURE = 0.25
"""The share that hardware may cost more, where no source confirms the figures of what is cheaper. A choice:
estimates of speed are off by as much."""


@dataclass(frozen=True, slots=True)
class Option:
    """One kind of instance in the region. `reason` says why it was not chosen; empty for the chosen one."""

    instance: InstanceType
    fit: Fit | None
    price: Price | None
    """Of one instance, as the spec buys it: spot where it says so."""
    fallback: Price | None
    """On demand, where the spec falls back to it."""
    replicas: int
    """At most, over the month's peak."""
    reason: str

    @property
    def gpus(self) -> int:
        """GPUs that the replica uses."""
        return self.fit.tensor * self.fit.pipeline if self.fit else self.instance.gpus

    @property
    def hourly_usd(self) -> float | None:
        """All replicas at the peak; None without a price."""
        return self.price.hourly_usd * self.replicas if self.price else None


@dataclass(frozen=True, slots=True)
class Placement:
    """The chosen option, or None where nothing will do; and the others, the nearest first."""

    chosen: Option | None
    others: tuple[Option, ...]
    passed_over: bool = False
    """Whether something cheaper would do by figures that no source confirms."""


def place(ask: RegionAsk, overlay: Path | None = None) -> Placement:
    """The cheapest option by all its replicas together; of two alike, that with fewer GPUs.

    Args:
        overlay: the folder of the user's refreshed prices.
    """
    options = [
        _option(ask, instance, overlay)
        for instance in (instances_in(ask.region) if ask.managed is None else rented_in(ask))
        if ask.gpu in (None, instance.gpu) and (ask.count or 0) <= instance.gpus
    ]
    able = sorted((one for one in options if not one.reason), key=_order)
    unable = sorted((one for one in options if one.reason), key=_order)
    if not able:
        return Placement(None, tuple(unable))
    best = _best(able)
    lost = [_lost(one, best) for one in able if one is not best]
    return Placement(best, (*lost, *unable), passed_over=best is not able[0])


def _best(able: list[Option]) -> Option:
    """The cheapest; but where its GPU's figures are not confirmed, the cheapest of those whose are, unless it
    is much dearer."""
    cheapest = able[0]
    if not gpus()[cheapest.instance.gpu].unverified:
        return cheapest
    limit = (cheapest.hourly_usd or 0.0) * (1 + WORTH_BEING_SURE)
    sure = (one for one in able if not gpus()[one.instance.gpu].unverified)
    return next((one for one in sure if one.hourly_usd is not None and one.hourly_usd <= limit), cheapest)


def _order(option: Option) -> tuple[float, int, str]:
    usd = option.hourly_usd
    return (usd if usd is not None else float("inf"), option.instance.gpus, option.instance.name)


def _lost(option: Option, best: Option) -> Option:
    ours, least = option.hourly_usd or 0.0, best.hourly_usd or 1.0
    more = (ours / least - 1) * 100
    reason = f"fits, {more:.0f} % dearer" if more >= 0.5 else "fits, costs the same"
    if more <= -0.5:
        reason = f"fits, {-more:.0f} % cheaper, but unverified: {gpus()[option.instance.gpu].unverified}"
    return replace(option, reason=reason)


@lru_cache(maxsize=65536)
def _option(ask: RegionAsk, instance: InstanceType, overlay: Path | None) -> Option:
    paid, fallback, unbuyable = _bought(ask, instance, overlay)
    count = ask.count or instance.gpus
    found = fit(ask.replica, instance.gpu, count, ask.count is not None)
    replicas, short = _replicas(ask, found)
    return Option(instance, found, paid, fallback, replicas, found.reason or unbuyable or short)


def _bought(
    ask: RegionAsk, instance: InstanceType, overlay: Path | None
) -> tuple[Price | None, Price | None, str]:
    if ask.managed is not None:
        paid, problem = rented(ask, ask.managed, instance, overlay)
        return paid, None, problem
    on_demand = price(ask.region, instance.name, "on-demand", overlay)
    spot = price(ask.region, instance.name, "spot", overlay)
    if ask.purchase == "on-demand":
        if not instance.on_demand:
            return None, None, "is not sold on demand"
        return on_demand, None, "" if on_demand else "its price here is not known"
    if not instance.spot:
        return None, None, "is not sold as spot"
    if spot is None:
        return None, None, "its spot price here is not known"
    if ask.purchase == "spot":
        return spot, None, ""
    if not instance.on_demand or on_demand is None:
        return spot, None, "cannot fall back: is not sold on demand"
    return spot, on_demand, ""


def _replicas(ask: RegionAsk, found: Fit) -> tuple[int, str]:
    """Replicas at the peak, and why they are too many; both without meaning when it does not run."""
    # What may sleep still has one that wakes up.
    said = ask.most or max(ask.least, 1)
    if ask.requests_per_second is None or found.capacity is None:
        return said, ""
    needed = found.capacity.replicas(ask.requests_per_second)
    if needed is None:
        return said, ""
    if ask.most is not None and needed > ask.most:
        return (
            ask.most,
            f"takes {needed} replicas for {ask.requests_per_second:g} requests/s; scaling.max is {ask.most}",
        )
    return (ask.most or max(needed, ask.least, 1)), ""
