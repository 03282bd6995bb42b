"""The break-even as a PNG, by matplotlib."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.cli.render.plot.chart import X_TITLE, Y_TITLE, Chart, money, volume
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES = (9.0, 6.5)
DPI = 150
NOTE_WIDTH = 150
"""Characters of a line of the small print."""


def draw_png(chart: Chart, file: Path) -> None:
    """Write the picture.

    Raises:
        LlmdeployError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
        from matplotlib.ticker import FuncFormatter
    except ImportError as error:
        raise LlmdeployError(
            "a PNG needs matplotlib, which is not installed",
            "pip install 'llmdeploy-stacks[plot]', or name a file that ends with .html",
        ) from error
    notes = "\n".join(
        textwrap.fill(f"[{number}] {note}", NOTE_WIDTH, subsequent_indent="     ")
        for number, note in enumerate(chart.notes, 1)
    )
    height = 0.13 * (notes.count("\n") + 2)
    figure = Figure(figsize=(INCHES[0], INCHES[1] + height), dpi=DPI, layout=None)
    share = height / (INCHES[1] + height)
    axes = figure.add_axes((0.08, share + 0.08, 0.86, 0.95 - share - 0.08))
    _draw(axes, chart)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda tokens, _at: volume(tokens)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda amount, _at: money(amount)))
    figure.text(0.02, 0.01, f"Sources\n{notes}", fontsize=5.5, va="bottom", color="#57606a")
    figure.savefig(file, format="png")


def _draw(axes: Axes, chart: Chart) -> None:
    for line in chart.lines:
        axes.plot(chart.tokens, line.usd, label=line.name, color=line.colour, linewidth=2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(X_TITLE)
    axes.set_ylabel(Y_TITLE)
    axes.set_title(chart.title, loc="left", fontweight="bold")
    axes.grid(visible=True, which="major", color="#d0d7de", linewidth=0.6)
    marks = [(chart.volume, f"yours: {volume(chart.volume)}", "#57606a")]
    if chart.break_even is not None:
        marks.append((chart.break_even, f"break-even: {volume(chart.break_even)}", "#1a7f37"))
    low, high = chart.tokens[0], chart.tokens[-1]
    for tokens, text, colour in marks:
        if low <= tokens <= high:
            axes.axvline(tokens, color=colour, linestyle="--", linewidth=1.2, label=text)
    axes.set_xlim(low, high)
    axes.legend(loc="upper left", frameon=False)
