"""How the status of a deployment looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.table import table

if TYPE_CHECKING:
    from rich.console import Group
    from rich.text import Text

    from llmdeploy.cli.live.report import RegionReport, ReplicaReport, StatusReport

_STYLES: Final = {"healthy": "green", "unhealthy": "yellow", "down": "red"}


def status_view(report: StatusReport) -> Group:
    """Where the deployment answers and with what, then a row for each replica."""
    from rich.console import Group
    from rich.text import Text

    healthy = sum(region.healthy for region in report.regions)
    style = "green" if healthy == len(report.regions) else "red"
    lines = [
        Text(f"{report.stack}: {healthy} of {len(report.regions)} regions healthy", style=f"bold {style}"),
        Text(f"endpoint {report.endpoint}"),
        Text(f"model    {report.model}, served by {report.serves}"),
    ]
    if report.spec_changed:
        lines.append(Text("The spec has changed since; `llmdeploy up` brings the change.", style="yellow"))
    columns = ("region", "replica", "health", "run/wait", "tokens", "TTFT p50", "per token")
    rows = [_row(region, replica) for region in report.regions for replica in region.replicas]
    entries = table(("region", "entry", ""), [_entry(region) for region in report.regions])
    return Group(*lines, Text(), table(columns, rows), Text(), entries)


def _row(region: RegionReport, replica: ReplicaReport) -> tuple[str | Text, ...]:
    from rich.text import Text

    traffic = replica.traffic
    health = Text(
        f"{replica.health}" if replica.state == "ready" else replica.state, style=_STYLES[replica.health]
    )
    if traffic is None:
        return region.name, replica.name, health, "–", "–", "–", "–"
    return (
        region.name,
        replica.name,
        health,
        f"{_count(traffic.running)}/{_count(traffic.waiting)}",
        _count(traffic.generated_tokens),
        _milliseconds(traffic.ttft_p50_s),
        _milliseconds(traffic.token_p50_s),
    )


def _entry(region: RegionReport) -> tuple[str | Text, ...]:
    from rich.text import Text

    open_ = region.entry_healthy
    return region.name, region.entry, Text("open" if open_ else "closed", style="green" if open_ else "red")


def _count(value: int | None) -> str:
    return "–" if value is None else str(value)


def _milliseconds(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f} ms"
