"""A drill as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from llmdeploy.cli.render.drill_figures import PHASE_COLUMNS, figures, headline, phases, when
from llmdeploy.cli.render.drill_report.page import simulated
from llmdeploy.cli.render.review.escape import plain

if TYPE_CHECKING:
    from llmdeploy.infra.drill.report import DrillReport


def markdown(report: DrillReport, picture: str = "") -> str:
    """The whole report.

    Args:
        picture: the file beside it that has the picture; without one it is left out.
    """
    return "\n\n".join(_parts(report, picture)) + "\n"


def _parts(report: DrillReport, picture: str) -> Iterator[str]:
    yield f"### {plain(headline(report))}"
    yield plain(f"{when(report)}, sent to {report.entry}{simulated(report)}")
    yield "\n".join(_verdict(report))
    if picture:
        yield f"![Latency over time](<{picture}>)"
    yield _table(("what clients saw", ""), figures(report))
    yield _table(("latency of whole answers", *PHASE_COLUMNS[1:]), phases(report))
    yield from (plain(f"Note: {note}") for note in report.notes)


def _verdict(report: DrillReport) -> Iterator[str]:
    for reason in report.reasons:
        yield f"- ✗ {plain(reason)}"
    if not report.reasons and report.limits:
        yield f"✓ within the limits: {plain('; '.join(report.limits))}"
    if not report.limits:
        yield "no limits were set"


def _table(columns: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *([plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
