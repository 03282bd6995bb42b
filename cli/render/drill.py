"""How a drill looks, while it runs and in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.table import heading, show, styled, table

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from llmdeploy.infra.drill.report import DrillReport, PhaseReport


def show_drill(report: DrillReport, out: Console) -> None:
    """What was done, what clients saw of it, and whether that is within the limits."""
    what = f"{', '.join(report.replicas)} of {report.region}" if report.replicas else report.region
    out.print(
        f"{report.stack}: {report.fault} {what} for {report.outage_s:.1f} s under {report.workers} clients",
        style="bold",
    )
    show(table(None, _figures(report)), out)
    out.print()
    heading("Latency of whole answers", out)
    phases = (("before", report.before), ("during", report.during), ("after", report.after))
    columns = ("", "requests", "failed", "p50", "p95", "answered by")
    show(table(columns, [_phase(name, phase) for name, phase in phases]), out)
    for note in report.notes:
        show(styled(f"Note: {note}", "dim"), out)
    for reason in report.reasons:
        out.print(f"✗ {reason}", style="red")
    if not report.reasons:
        out.print("✓ within the limits", style="green")


def _figures(report: DrillReport) -> list[tuple[str, str | Text]]:
    kinds = ", ".join(f"{number} {kind}" for kind, number in report.failures.items())
    failed = sum(report.failures.values())
    return [
        ("requests", str(report.requests)),
        ("failed", styled(f"{failed} ({kinds})" if kinds else "0", "red" if failed else "green")),
        ("broken streams", f"{report.broken_streams}, begun on what was hit"),
        ("longest gap", f"{report.longest_gap_s:.2f} s without an answer; {report.usual_gap_s:.2f} s before"),
        ("seen by gateway", _after(report.detected_s, "the fault")),
        ("clients unharmed", _after(report.unaffected_s, "the fault")),
        ("healthy again", _after(report.seen_healthy_s, "it was brought back")),
        ("answers again", _after(report.recovered_s, "it was brought back")),
    ]


def _after(seconds: float | None, what: str) -> str:
    return "never" if seconds is None else f"{seconds:.2f} s after {what}"


def _phase(name: str, phase: PhaseReport) -> tuple[str, ...]:
    answers = ", ".join(f"{region} {number}" for region, number in phase.answers.items())
    latencies = phase.latencies
    return (
        name,
        str(phase.requests),
        str(phase.failed),
        _seconds(latencies.p50_s),
        _seconds(latencies.p95_s),
        answers or "none",
    )


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s"
