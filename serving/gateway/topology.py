"""Where requests may go: the entries, the replicas behind them, and the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from llmdeploy.serving.gateway.versions import GatewayRegion
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import Slot, Turn

WHOLE = 100
"""A canary's share of its region is in percent."""
TURNS: tuple[Turn, ...] = ("primary", "overflow", "failover")
"""In the order in which they are given requests."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One replica that listens on `host:port` and belongs to `region` (`local/a`, `aws/us-east-1`)."""

    region: str
    replica: str
    host: str
    port: int
    slot: Slot = "blue"


@dataclass(frozen=True, slots=True)
class Entry:
    """A listener of the gateway that stands in `region`: nearness is counted from there."""

    region: str
    host: str
    port: int


class Tier(NamedTuple):
    """The replicas of a region in one slot: they are used while all tiers before them are short."""

    region: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class Chain:
    """Replicas in the order they are tried. One chain is one Envoy cluster, one tier is one priority of it.

    The name says the chain's role, not its tiers, so that a changed order reaches Envoy as changed
    endpoints of a cluster that is already healthy, never as a new cluster that requests would meet before its
    first health check.
    """

    name: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an entry's traffic that goes down one chain.

    Args:
        copied: parts in a million of the requests that are also sent down `copies`, whose answers nobody
            gets.
    """

    chain: Chain
    weight: int
    copies: Chain | None = None
    copied: int = 0


def shares(
    gateway: GatewayPlan, regions: Sequence[GatewayRegion], entry: Entry, mark: str | None
) -> tuple[Share, ...]:
    """How an entry's traffic is spread, for requests with this residency mark (None: requests without one).

    A chain of a marked request holds only the mark's regions, so neither failover, retry nor hedge can leave
    them.
    """
    allowed = frozenset(gateway.residency[mark]) if mark is not None else None
    by_name = {region.name: region for region in regions}
    found = []
    for role, order, weight in _orders(gateway, by_name, entry, allowed):
        kept = tuple(by_name[name] for name in order if allowed is None or name in allowed)
        found.append((_marked(role, mark), _well_first(kept), weight))
    return _with_canaries(found)


def own_chain(region: GatewayRegion) -> Chain:
    """The region alone: what another gateway has sent here must not go on to a third."""
    return Chain(f"{region.name}.alone", tuple(_tiers([region])))


def own_shares(region: GatewayRegion) -> tuple[Share, ...]:
    """How what other gateways have sent to a region is spread over its versions."""
    return _with_canaries([(own_chain(region).name, (region,), 1)])


def pinned_chain(region: GatewayRegion) -> Chain | None:
    """The region's canary alone; None where there is none."""
    if region.canary is None:
        return None
    return Chain(f"{region.name}.canary.alone", (Tier(region.name, region.canary.slot),))


def pinned_at(regions: Sequence[GatewayRegion], here: GatewayRegion) -> list[GatewayRegion]:
    """The regions whose canaries a request can name at an entry: its own, and those without gateways."""
    return [here, *(region for region in regions if region.direct and region.name != here.name)]


def chains(
    gateway: GatewayPlan, regions: Sequence[GatewayRegion], entries: Sequence[Entry], peered: bool = False
) -> tuple[Chain, ...]:
    """Every chain that some entry uses, once, in a steady order.

    Args:
        peered: whether other gateways send requests to these entries.
    """
    regions = seen_from(regions, entries, peered)
    marks = (None, *sorted(gateway.residency))
    here = [region for region in regions if any(entry.region == region.name for entry in entries)]
    every = [
        *(share for entry in entries for mark in marks for share in shares(gateway, regions, entry, mark)),
        *(share for region in here if peered for share in own_shares(region)),
    ]
    found = {share.chain.name: share.chain for share in every}
    pinned = dict.fromkeys(each for region in here for each in pinned_at(regions, region))
    found |= {chain.name: chain for region in pinned if (chain := pinned_chain(region)) is not None}
    found |= {share.copies.name: share.copies for share in every if share.copies is not None}
    return tuple(found.values())


def seen_from(
    regions: Sequence[GatewayRegion], entries: Sequence[Entry], peered: bool
) -> tuple[GatewayRegion, ...]:
    """The regions as a gateway sees them: the versions of a region that has its own gateway are that one's
    to tell apart.
    """
    here = {entry.region for entry in entries}
    return tuple(
        replace(region, beside=None, lingering=False)
        if peered and region.name not in here and not region.direct
        else region
        for region in regions
    )


def _orders(
    gateway: GatewayPlan,
    by_name: Mapping[str, GatewayRegion],
    entry: Entry,
    allowed: frozenset[str] | None,
) -> Iterator[tuple[str, tuple[str, ...], int]]:
    """Role, regions in the order they are tried, and weight."""
    if gateway.policy == "weighted":
        kept = [region for region in by_name.values() if allowed is None or region.name in allowed]
        first = min((_turn(region) for region in kept), default=0)
        for region in kept:
            # The others have no share of their own, and stand in the chains of those that have.
            if _turn(region) == first:
                yield region.name, (region.name, *region.failover), region.weight
    elif gateway.policy == "failover":
        yield "failover", tuple(by_name), 1
    else:
        yield entry.region, (entry.region, *by_name[entry.region].failover), 1


def _well_first(order: Iterable[GatewayRegion]) -> tuple[GatewayRegion, ...]:
    """By their turns, also as seen from one whose turn comes later. Evacuated regions come last: rather an
    answer from one of them than none.
    """
    return tuple(sorted(order, key=lambda region: (region.evacuated, _turn(region))))


def _turn(region: GatewayRegion) -> int:
    return TURNS.index(region.turn)


def _with_canaries(found: Sequence[tuple[str, tuple[GatewayRegion, ...], int]]) -> tuple[Share, ...]:
    """A share for each role; two where the first region of its order has a canary."""
    if not any(order and (order[0].beside or order[0].lingering) for _, order, _ in found):
        return tuple(Share(Chain(role, tuple(_tiers(order))), weight) for role, order, weight in found)
    whole = sum(weight for _, _, weight in found) or 1
    return tuple(
        share for role, order, weight in found for share in _split(role, order, weight, weight / whole)
    )


def _split(role: str, order: tuple[GatewayRegion, ...], weight: int, part: float) -> Iterator[Share]:
    """The shares of one role's own version and of its canary."""
    chain = Chain(role, tuple(_tiers(order)))
    beside = order[0].beside if order else None
    former = beside is not None and beside.role == "former"
    if former or (order and order[0].lingering):
        yield Share(chain, WHOLE * weight)
        # The canary's chain stays without a share: a cluster must not go while a route still leads to it, nor
        # while requests are under way in it that may be tried again.
        yield Share(Chain(f"{role}.canary", chain.tiers), 0)
    elif beside is None:
        yield Share(chain, WHOLE * weight)
    elif beside.mirrored:
        copied = round(beside.percent / WHOLE * part * 1_000_000)
        yield Share(chain, WHOLE * weight, pinned_chain(order[0]), copied)
    else:
        canary = Tier(order[0].name, beside.slot)
        # Rather an answer from the canary than none: without spare GPUs it may be all that is left.
        yield Share(Chain(role, (*chain.tiers, canary)), (WHOLE - beside.percent) * weight)
        # Its own region's stable replicas take over when the canary is lost.
        yield Share(Chain(f"{role}.canary", (canary, *chain.tiers)), beside.percent * weight)


def _tiers(order: Iterable[GatewayRegion]) -> Iterator[Tier]:
    for region in order:
        yield Tier(region.name, region.slot)
        if region.beside is not None and region.beside.role == "former":
            yield Tier(region.name, region.beside.slot)


def _marked(role: str, mark: str | None) -> str:
    return role if mark is None else f"{role}@{mark}"
