"""Tables and headings, in one style."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table
    from rich.text import Text


def table(columns: Sequence[str] | None, rows: Iterable[Sequence[str | Text]]) -> Table:
    """Rows without frames; long cells wrap inside their column, the first column stays whole."""
    from rich.table import Table

    rows = list(rows)
    width = len(columns) if columns else max(map(len, rows), default=0)
    grid = Table(
        box=None, show_header=columns is not None, header_style="dim", pad_edge=False, padding=(0, 2, 0, 0)
    )
    for index in range(width):
        grid.add_column(columns[index] if columns else "", no_wrap=index == 0, overflow="fold")
    for row in rows:
        grid.add_row(*row)
    return grid


def heading(text: str, out: Console) -> None:
    """A line above a table."""
    out.print(text, style="bold cyan")


def styled(text: str, style: str) -> Text:
    """A cell, or a part of one, in a style."""
    from rich.text import Text

    return Text(text, style=style)


def show(what: RenderableType, out: Console) -> None:
    """Print a table, or several; in a file or a pipe without the blanks that fill a terminal's lines."""
    if out.is_terminal:
        out.print(what)
        return
    with out.capture() as captured:
        out.print(what)
    out.file.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())
