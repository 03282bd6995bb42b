"""How the status of a deployment looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.money import usd
from llmdeploy.cli.render.table import show, styled, table

if TYPE_CHECKING:
    from rich.console import Console, Group, RenderableType
    from rich.text import Text

    from llmdeploy.infra.status.overview import CostSoFar, Overview
    from llmdeploy.infra.status.report import DeploymentStatus, GatewayStatus

STYLES: Final = {"healthy": "green", "degraded": "yellow", "down": "red", "unknown": "dim"}
_MARKS: Final = {"healthy": "✓", "degraded": "!", "down": "✗", "unknown": "–"}
# What `RegionStatus.weights` is, as a reader knows it; anything else is a path.
_WEIGHTS: Final = {"smollm2": "SmolLM2-135M-Instruct", "random": "random weights (its answers are noise)"}
_FREE: Final = {
    "this machine": "nothing is paid for on this machine",
    "clouds": "not known: no cloud could be asked",
    "simulated clouds": "not known: no cloud could be asked",
}


def show_overview(seen: Overview, out: Console) -> None:
    """Print all of it, then commands that mend something: never broken, as they are there to be copied."""
    show(overview_view(seen), out)
    for line in _commands(seen):
        out.print(f"  {line}", soft_wrap=True)


def overview_view(seen: Overview) -> Group:
    """Where it answers and with what, what each view says, a row for each region and replica, and what is not
    as it should be.
    """
    from rich.console import Group
    from rich.text import Text

    from llmdeploy.cli.render.status_regions import regions_view

    parts: list[RenderableType] = [
        styled(_headline(seen), f"bold {STYLES[seen.worst]}"),
        table(None, _head(seen)),
        Text(),
        table(None, _views(seen)),
    ]
    for each in regions_view(seen):
        parts += [Text(), each]
    parts += [styled(f"! {problem}", "yellow") for problem in seen.problems]
    return Group(*parts)


def healthy_regions(status: DeploymentStatus) -> str:
    """`2 of 2 regions healthy`."""
    healthy = sum(region.health == "healthy" for region in status.regions)
    return f"{healthy} of {len(status.regions)} regions healthy"


def serves(status: DeploymentStatus) -> str:
    """What really answers, each kind once: `llama.cpp with SmolLM2-135M-Instruct`."""
    said = (
        f"{region.server} with {_WEIGHTS.get(region.weights, region.weights)}" for region in status.regions
    )
    return ", ".join(dict.fromkeys(said))


def _commands(seen: Overview) -> list[str]:
    found = (version.command for region in seen.regions for version in region.versions)
    return list(dict.fromkeys(filter(None, found)))


def _headline(seen: Overview) -> str:
    worst = "not known to be healthy" if seen.worst == "unknown" else seen.worst
    where = " (simulated clouds)" if seen.place == "simulated clouds" else ""
    return f"{seen.stack} is {worst}{_healthy(seen)}{where}"


def _healthy(seen: Overview) -> str:
    if seen.processes is not None:
        return f", {healthy_regions(seen.processes)}"
    asked = [region for region in seen.regions if region.verdict != "unknown"]
    healthy = sum(region.verdict == "healthy" for region in asked)
    return f", {healthy} of {len(seen.regions)} regions healthy" if asked else ""


def _head(seen: Overview) -> list[tuple[str, str | Text]]:
    rows: list[tuple[str, str | Text]] = [("endpoint", seen.endpoint), ("model", seen.model)]
    if seen.processes is None:
        return [(name, value) for name, value in rows if value]
    status = seen.processes
    substitutions = dict.fromkeys(region.substitution for region in status.regions if region.substitution)
    gateway = status.gateway
    return [
        *rows,
        ("served by", serves(status)),
        *(("", styled(line, "yellow")) for line in substitutions),
        ("gateway", styled(_gateway(gateway), STYLES[gateway.health])),
    ]


def _views(seen: Overview) -> list[tuple[str, Text, str | Text]]:
    from llmdeploy.infra.status.overview import VIEW_NAMES

    rows: list[tuple[str, Text, str | Text]] = [
        (
            name,
            styled(_MARKS[view.verdict], STYLES[view.verdict]),
            styled(view.said, "dim" if view.verdict == "unknown" else ""),
        )
        for name, view in ((name, seen.views[name]) for name in VIEW_NAMES)
    ]
    cost = _cost(seen.cost, simulated=seen.place == "simulated clouds") if seen.cost else ""
    return [*rows, ("cost", styled("$" if cost else "–", "dim"), cost or styled(_FREE[seen.place], "dim"))]


def _cost(cost: CostSoFar, *, simulated: bool) -> str:
    now = usd(cost.hourly_usd, estimated=True)
    instances = usd(cost.instances_hourly_usd, estimated=True)
    so_far = usd(cost.so_far_usd, estimated=True)
    hourly = f"{now} USD an hour, {instances} of it for instances"
    parts = [f"{hourly}; {so_far} so far for what runs now (estimate, without traffic)"]
    parts += [f"without {', '.join(cost.unpriced)}: no price"] if cost.unpriced else []
    parts += [f"without {', '.join(cost.unasked)}: not asked"] if cost.unasked else []
    return f"{'if it were real: ' if simulated else ''}{'; '.join(parts)}"


def _requests(number: int) -> str:
    return "1 request" if number == 1 else f"{number} requests"


def _gateway(gateway: GatewayStatus) -> str:
    parts = [gateway.state]
    parts += [_requests(gateway.requests)] if gateway.requests is not None else []
    parts += [f"{gateway.errors} answered 5xx"] if gateway.errors else []
    parts += [f"{gateway.memory_mib:.0f} MiB"] if gateway.memory_mib is not None else []
    return ", ".join(parts)
