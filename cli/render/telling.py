"""Progress of a long wait, on stderr so that it is never mistaken for a result."""

from __future__ import annotations

import shutil
import sys
from types import TracebackType

import click

_CLEAR_LINE = "\r\x1b[K"


class Telling:
    """Called with a line: on a terminal the line replaces the one before, elsewhere it follows it."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._open = False

    def __enter__(self) -> Telling:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        if self._open:
            click.echo(_CLEAR_LINE, err=True, nl=False, color=True)

    def __call__(self, line: str) -> None:
        """Show a line."""
        if not self._terminal:
            click.echo(line, err=True)
            return
        columns = shutil.get_terminal_size().columns
        click.echo(f"{_CLEAR_LINE}{line[: columns - 1]}", err=True, nl=False, color=True)
        self._open = True
