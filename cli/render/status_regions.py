"""How regions and their replicas look in a status: those on this machine, and those that clouds tell of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.status import STYLES
from llmdeploy.cli.render.table import styled, table

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from llmdeploy.infra.fleet.inventory import CloudInstance
    from llmdeploy.infra.status.overview import CloudRegion, CloudVersion, Overview
    from llmdeploy.infra.status.report import DeploymentStatus, RegionStatus, ReplicaStatus, Traffic

_NONE: Final = "–"
_SHORT: Final = 7
"""Characters of a revision that tell it apart in a table; `--json` has all."""
_UNITS: Final = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def regions_view(seen: Overview) -> Iterator[Table]:
    """A table of regions and one of replicas, for each side that knows them."""
    if seen.regions:
        yield table(
            ("region", "version", "in service", "running", "gateways", "load", "health"),
            (row for region in seen.regions for row in _cloud_region(region, seen)),
        )
    if seen.processes is not None:
        yield from _here(seen.processes)
    elif any(version.instances for region in seen.regions for version in region.versions):
        yield _instances(seen)


def _instances(seen: Overview) -> Table:
    found = [
        (instance, version, region)
        for region in seen.regions
        for version in region.versions
        for instance in version.instances
    ]
    loads = any(instance.load is not None for instance, _, _ in found)
    columns = ["replica", "version", "zone", "type", "state", "up for"]
    rows = (_instance(*each, seen.looked_at) for each in found)
    return table([*columns, "load"], rows) if loads else table(columns, (row[:-1] for row in rows))


def _here(status: DeploymentStatus) -> Iterator[Table]:
    yield table(("region", "health", "entry", "open"), map(_region, status.regions))
    replicas = [replica for region in status.regions for replica in region.replicas]
    # Only between two looks is there a rate.
    rates = any(each.traffic and each.traffic.tokens_per_s is not None for each in replicas)
    columns = ["replica", "version", "state", "run/wait", "TTFT ms", "token ms", "KV", "restarts"]
    yield table(
        [*columns, "tok/s"] if rates else columns, (_replica(replica, rates=rates) for replica in replicas)
    )


def _cloud_region(region: CloudRegion, seen: Overview) -> Iterator[tuple[str | Text, ...]]:
    health = styled(_health(region.verdict, region.name in seen.evacuated), STYLES[region.verdict])
    if not region.versions:
        yield region.name, _NONE, _NONE, _NONE, _NONE, _NONE, health
    for index, version in enumerate(region.versions):
        first = index == 0
        yield (
            region.name if first else "",
            _version(version.revision, version.role, version.percent),
            f"{version.in_service} of {version.wanted}",
            str(version.running),
            _gateways(region) if first else "",
            _share(version.load) if first else "",
            health if first else styled(version.verdict, STYLES[version.verdict]),
        )


def _gateways(region: CloudRegion) -> str:
    if region.gateways_healthy is None:
        return _NONE
    of = f" of {region.gateways_wanted}" if region.gateways_wanted is not None else ""
    return f"{region.gateways_healthy}{of}"


def _instance(
    instance: CloudInstance, version: CloudVersion, region: CloudRegion, now: float
) -> tuple[str | Text, ...]:
    location = region.name.partition("/")[2]
    spot = " spot" if instance.purchase == "spot" else ""
    return (
        instance.id,
        _version(version.revision, version.role),
        instance.zone.removeprefix(location).lstrip("-"),
        f"{instance.type}{spot}",
        styled(instance.state, STYLES["healthy" if instance.serves else "down"]),
        _NONE if instance.launched is None else _span(now - instance.launched),
        _share(instance.load),
    )


def _region(region: RegionStatus) -> tuple[str | Text, ...]:
    return (
        region.name,
        styled(_health(region.health, region.evacuated), STYLES[region.health]),
        region.entry,
        styled(*(("yes", "green") if region.entry_open else ("no", "red"))),
    )


def _health(health: str, evacuated: bool) -> str:
    return f"{health}, evacuated" if evacuated else health


def _replica(replica: ReplicaStatus, *, rates: bool) -> tuple[str | Text, ...]:
    cells: tuple[str | Text, ...] = (
        replica.name,
        _version(replica.revision, replica.role),
        styled(replica.state, STYLES[replica.health]),
        *_traffic(replica.traffic),
        str(replica.restarts),
    )
    return (*cells, _rate(replica.traffic)) if rates else cells


def _traffic(traffic: Traffic | None) -> tuple[str, ...]:
    if traffic is None:
        return _NONE, _NONE, _NONE, _NONE
    return (
        f"{_count(traffic.running)}/{_count(traffic.waiting)}",
        _times(traffic.ttft_p50_s, traffic.ttft_p95_s),
        _times(traffic.token_p50_s, traffic.token_p95_s),
        _share(traffic.kv_cache_usage),
    )


def _rate(traffic: Traffic | None) -> str:
    return _NONE if traffic is None or traffic.tokens_per_s is None else f"{traffic.tokens_per_s:.0f}"


def _version(revision: str, role: str, percent: int = 0) -> str:
    parts = [revision[:_SHORT] or _NONE]
    parts += [role] if role != "own" else []
    parts += [f"{percent} %"] if percent else []
    return " ".join(parts)


def _count(value: int | None) -> str:
    return _NONE if value is None else str(value)


def _times(half: float | None, most: float | None) -> str:
    """Milliseconds: within the one half of the requests were, within the other 95 %."""
    return _NONE if half is None else f"{_milliseconds(half)}/{_milliseconds(most)}"


def _milliseconds(seconds: float | None) -> str:
    return _NONE if seconds is None else f"{seconds * 1000:.0f}"


def _share(value: float | None) -> str:
    return _NONE if value is None else f"{value * 100:.0f} %"


def _span(seconds: float) -> str:
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return "0 s"
