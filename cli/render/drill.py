"""How a drill looks in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.drill_figures import PHASE_COLUMNS, figures, headline, phases
from llmdeploy.cli.render.table import heading, show, styled, table

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.infra.drill.report import DrillReport


def show_drill(report: DrillReport, out: Console) -> None:
    """What was done, what clients saw of it, and whether that is within the limits."""
    out.print(headline(report), style="bold")
    color = "red" if report.failed else "green"
    rows = [(name, styled(text, color) if name == "failed" else text) for name, text in figures(report)]
    show(table(None, rows), out)
    out.print()
    heading("Latency of whole answers", out)
    show(table(PHASE_COLUMNS, phases(report)), out)
    for note in report.notes:
        show(styled(f"Note: {note}", "dim"), out)
    for reason in report.reasons:
        out.print(f"✗ {reason}", style="red")
    if not report.reasons:
        out.print("✓ within the limits", style="green")
