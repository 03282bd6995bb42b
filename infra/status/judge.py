"""From what was seen of each part to how well it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmdeploy.infra.provider.programs import Sight
from llmdeploy.infra.status.page import READY
from llmdeploy.infra.status.report import (
    GatewayStatus,
    GatewayView,
    Health,
    RegionStatus,
    ReplicaStatus,
    together,
)

_SERVING = ("running", "starting")
_SILENT_SUPERVISOR = "its supervisord does not answer"


def replica_health(sight: Sight | None, said: str, view: GatewayView) -> tuple[Health, str]:
    """How a replica does, and that in words.

    Args:
        sight: its process; None when its supervisord does not answer.
        said: what its health page said.
        view: what the gateway holds of it.
    """
    if sight is not None and sight.pid is None:
        return "down", _ended(sight)
    if said != READY:
        suspended = sight is not None and sight.status not in _SERVING
        return "down", sight.status if sight and suspended else said
    if sight is None:
        return "degraded", f"{READY}, but {_SILENT_SUPERVISOR}"
    if sight.status not in _SERVING:
        return "degraded", f"{READY}, but {sight.status}"
    if view in ("unhealthy", "ejected"):
        return "degraded", f"{READY}, but {view} to the gateway"
    return "healthy", READY


def region_health(replicas: Sequence[ReplicaStatus], entry_open: bool) -> Health:
    """A region does as well as its replicas, and is not healthy when nobody can enter it."""
    health = together(replica.health for replica in replicas)
    return "degraded" if health == "healthy" and not entry_open else health


def gateway_health(sight: Sight | None, *, answers: bool) -> tuple[Health, str]:
    """How Envoy does, and that in words. `answers`: its administration page does."""
    if sight is not None and sight.pid is None:
        return "down", _ended(sight)
    if sight is not None and sight.status == "suspended":
        return "down", sight.status
    if not answers:
        return "down", "does not answer"
    if sight is None:
        return "degraded", f"{READY}, but {_SILENT_SUPERVISOR}"
    return ("healthy", READY) if sight.status in _SERVING else ("degraded", f"{READY}, but {sight.status}")


def _ended(sight: Sight) -> str:
    return "not running" if sight.status == "unsupervised" else sight.status


def problems(gateway: GatewayStatus, regions: Sequence[RegionStatus], spec_changed: bool) -> tuple[str, ...]:
    """Everything that is not as it should be, one sentence each."""
    found = [f"gateway: {gateway.state}"] if gateway.health != "healthy" else []
    found += [problem for region in regions for problem in _problems(region)]
    if spec_changed:
        found.append("the spec has changed since `up`; another `llmdeploy up` brings the change")
    return tuple(found)


def _problems(region: RegionStatus) -> Iterator[str]:
    if region.note:
        yield region.note
    if region.supervisor is None:
        yield f"{region.name}: no supervisord runs, so nothing is started anew that ends"
    if not region.entry_open:
        yield f"{region.name}: its entry {region.entry} is closed"
    for replica in region.replicas:
        if replica.health != "healthy":
            yield f"{replica.name}: {replica.state}"
