"""A drill as one HTML page, which needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.drill_figures import PHASE_COLUMNS, figures, headline, phases, when
from llmdeploy.cli.render.drill_report.legend import legend
from llmdeploy.cli.render.drill_report.svg import draw

if TYPE_CHECKING:
    from llmdeploy.infra.drill.report import DrillReport

PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 1000px; margin: 2rem auto; padding: 0 1rem;
  color: #1f2328; background: #fff; }}
h1 {{ font-size: 1.3rem; margin: 0 0 .3rem; }}
h2 {{ font-size: 1rem; margin: 1.6rem 0 .4rem; }}
p {{ margin: .2rem 0; }}
svg {{ width: 100%; height: auto; margin-top: 1rem; }}
table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid #d1d9e0; padding: 4px 14px 4px 0; text-align: left; vertical-align: top; }}
ul.legend {{ list-style: none; padding: 0; margin: .3rem 0; display: flex; flex-wrap: wrap;
  gap: .2rem 1.6rem; }}
.good {{ color: #1a7f37; }} .bad {{ color: #cf222e; }} .quiet {{ color: #57606a; }}
</style></head><body>
<h1>{title}</h1>
<p class="quiet">{when}</p>
{verdict}
{drawing}
<ul class="legend">{legend}</ul>
<h2>What clients saw</h2>
{figures}
<h2>Latency of whole answers</h2>
{phases}
{notes}
</body></html>
"""


def page(report: DrillReport) -> str:
    """The whole page."""
    title, timeline = headline(report), report.timeline
    return PAGE.format(
        title=escape(title),
        when=escape(f"{when(report)}, sent to {report.entry}{simulated(report)}"),
        verdict="\n".join(_verdict(report)),
        drawing=draw(timeline, report.fault, title) if timeline else "",
        legend="".join(
            f'<li><span style="color: {color}">{sign}</span> {escape(text)}</li>'
            for sign, color, text in (legend(timeline) if timeline else ())
        ),
        figures=_table((), figures(report)),
        phases=_table(PHASE_COLUMNS, phases(report)),
        notes="".join(f'<p class="quiet">Note: {escape(note)}</p>' for note in report.notes),
    )


def simulated(report: DrillReport) -> str:
    """Said wherever the clouds were not real."""
    return "; simulated clouds on one machine" if report.simulated else ""


def _verdict(report: DrillReport) -> Iterable[str]:
    for reason in report.reasons:
        yield f'<p class="bad">✗ {escape(reason)}</p>'
    if not report.reasons and report.limits:
        yield f'<p class="good">✓ within the limits: {escape("; ".join(report.limits))}</p>'
    if not report.limits:
        yield '<p class="quiet">no limits were set</p>'


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = f"<tr>{''.join(f'<th>{escape(column)}</th>' for column in columns)}</tr>" if columns else ""
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{head}{body}</table>"
