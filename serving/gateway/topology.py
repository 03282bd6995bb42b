"""Where requests may go: the entries, the replicas behind them, and the order in which regions are tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmdeploy.serving.plan.gateway import GatewayPlan


@dataclass(frozen=True, slots=True)
class Backend:
    """One replica that listens on `host:port` and belongs to `region` (`local/a`, `aws/us-east-1`)."""

    region: str
    replica: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A listener of the gateway that stands in `region`: nearness is counted from there."""

    region: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class GatewayRegion:
    """A region with its share under the policy `weighted`, and the regions that take over, first to try in
    front."""

    name: str
    weight: int
    failover: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Regions in the order they are tried. One chain is one Envoy cluster, one region is one priority of it.

    The name says the chain's role, not its regions, so that a changed order reaches Envoy as changed
    endpoints of a cluster that is already healthy, never as a new cluster that requests would meet before its
    first health check.
    """

    name: str
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of an entry's traffic that goes down one chain."""

    chain: Chain
    weight: int


def shares(
    gateway: GatewayPlan, regions: Sequence[GatewayRegion], entry: Entry, mark: str | None
) -> tuple[Share, ...]:
    """How an entry's traffic is spread, for requests with this residency mark (None: requests without one).

    A chain of a marked request holds only the mark's regions, so neither failover, retry nor hedge can leave
    them.
    """
    allowed = frozenset(gateway.residency[mark]) if mark is not None else None
    if gateway.policy == "weighted":
        starts = [region for region in regions if allowed is None or region.name in allowed]
        return tuple(
            Share(_chain(region.name, mark, (region.name, *region.failover), allowed), region.weight)
            for region in starts
        )
    if gateway.policy == "failover":
        order = tuple(region.name for region in regions)
        return (Share(_chain("failover", mark, order, allowed), 1),)
    by_name = {region.name: region for region in regions}
    order = (entry.region, *by_name[entry.region].failover)
    return (Share(_chain(entry.region, mark, order, allowed), 1),)


def own_chain(region: str) -> Chain:
    """The region alone: what another gateway has sent here must not go on to a third."""
    return Chain(f"{region}.alone", (region,))


def chains(
    gateway: GatewayPlan, regions: Sequence[GatewayRegion], entries: Sequence[Entry], peered: bool = False
) -> tuple[Chain, ...]:
    """Every chain that some entry uses, once, in a steady order.

    Args:
        peered: whether other gateways send requests to these entries.
    """
    marks = (None, *sorted(gateway.residency))
    found = {
        share.chain.name: share.chain
        for entry in entries
        for mark in marks
        for share in shares(gateway, regions, entry, mark)
    }
    own = tuple(own_chain(entry.region) for entry in entries) if peered else ()
    return (*found.values(), *own)


def _chain(role: str, mark: str | None, order: Sequence[str], allowed: frozenset[str] | None) -> Chain:
    name = role if mark is None else f"{role}@{mark}"
    return Chain(name, tuple(region for region in order if allowed is None or region in allowed))
