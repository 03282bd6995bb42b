"""The break-even as one HTML page, which needs nothing but a browser."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from math import ceil, floor, log10
from pathlib import Path

from llmdeploy.cli.render.plot.chart import X_TITLE, Y_TITLE, Chart, Line, money, volume

WIDTH, HEIGHT = 900, 520
LEFT, RIGHT, TOP, BOTTOM = 80, 20, 20, 60
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 940px; margin: 2rem auto; padding: 0 1rem;
  color: #1f2328; background: #fff; }}
svg {{ width: 100%; height: auto; }}
svg text {{ font-size: 13px; fill: #57606a; }}
ul.legend {{ list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3rem 1.5rem; }}
ul.legend span {{ display: inline-block; width: 1.6em; border-top: 3px solid; margin-right: .5em;
  vertical-align: middle; }}
ul.legend span.mark {{ border-top-style: dashed; }}
ol {{ font-size: 12px; color: #57606a; overflow-wrap: anywhere; }}
</style></head><body>
<h1 style="font-size: 1.3rem">{title}</h1>
<ul class="legend">{legend}</ul>
<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{drawing}</svg>
<h2 style="font-size: 1rem">Sources</h2>
<ol>{notes}</ol>
</body></html>
"""


class _Scale:
    """From values to pixels, on a logarithmic axis."""

    def __init__(self, low: float, high: float, first: float, last: float) -> None:
        self._low, self._span = log10(low), log10(high) - log10(low)
        self._first, self._last = first, last
        self.decades = [10.0**power for power in range(ceil(log10(low)), floor(log10(high)) + 1)]

    def __call__(self, value: float) -> float:
        return self._first + (log10(value) - self._low) / self._span * (self._last - self._first)


def draw_html(chart: Chart, file: Path) -> None:
    """Write the page."""
    every = [amount for line in chart.lines for amount in line.usd]
    x = _Scale(chart.tokens[0], chart.tokens[-1], LEFT, WIDTH - RIGHT)
    y = _Scale(min(every), max(every), HEIGHT - BOTTOM, TOP)
    drawing = [*_axes(x, y), *(_line(line, chart, x, y) for line in chart.lines), *_marks(chart, x)]
    page = PAGE.format(
        title=escape(chart.title),
        legend="".join(_legend(chart)),
        width=WIDTH,
        height=HEIGHT,
        drawing="".join(drawing),
        notes="".join(f"<li>{escape(note)}</li>" for note in chart.notes),
    )
    file.write_text(page, "utf-8")


def _axes(x: _Scale, y: _Scale) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for tokens in x.decades:
        at = x(tokens)
        yield f'<path d="M{at:.1f} {TOP}V{bottom}" stroke="#d0d7de"/>'
        yield f'<text x="{at:.1f}" y="{bottom + 20}" text-anchor="middle">{volume(tokens)}</text>'
    for amount in y.decades:
        at = y(amount)
        yield f'<path d="M{LEFT} {at:.1f}H{right}" stroke="#d0d7de"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{money(amount)}</text>'
    yield f'<path d="M{LEFT} {TOP}V{bottom}H{right}" fill="none" stroke="#57606a"/>'
    yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{X_TITLE}</text>'
    middle = (TOP + bottom) / 2
    yield f'<text transform="translate(18 {middle}) rotate(-90)" text-anchor="middle">{Y_TITLE}</text>'


def _line(line: Line, chart: Chart, x: _Scale, y: _Scale) -> str:
    points = " ".join(
        f"{x(tokens):.1f},{y(amount):.1f}" for tokens, amount in zip(chart.tokens, line.usd, strict=True)
    )
    return f'<polyline points="{points}" fill="none" stroke="{line.colour}" stroke-width="2.5"/>'


def _dashes(chart: Chart) -> Iterator[tuple[float, str, str]]:
    yield chart.volume, f"yours: {volume(chart.volume)}", "#57606a"
    if chart.break_even is not None:
        yield chart.break_even, f"break-even: {volume(chart.break_even)}", "#1a7f37"


def _marks(chart: Chart, x: _Scale) -> Iterator[str]:
    for tokens, _, colour in _dashes(chart):
        if chart.tokens[0] <= tokens <= chart.tokens[-1]:
            path = f"M{x(tokens):.1f} {TOP}V{HEIGHT - BOTTOM}"
            yield f'<path d="{path}" stroke="{colour}" stroke-width="1.5" stroke-dasharray="6 4"/>'


def _legend(chart: Chart) -> Iterator[str]:
    for line in chart.lines:
        yield f'<li><span style="border-color: {line.colour}"></span>{escape(line.name)}</li>'
    for _, text, colour in _dashes(chart):
        yield f'<li><span class="mark" style="border-color: {colour}"></span>{escape(text)}</li>'
