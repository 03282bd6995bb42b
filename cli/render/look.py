"""How a stream wants to be written to, known without the library that draws."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import Final, TextIO

import click

# Output that goes to a file or a pipe is laid out for the narrowest terminal that we promise to read well on.
PLAIN_WIDTH: Final = 80


@dataclass(frozen=True, slots=True)
class Look:
    """Colour and full width on a terminal; plain 80 columns, or `COLUMNS`, without."""

    terminal: bool
    colored: bool
    width: int


def look_of(stream: TextIO) -> Look:
    """The look of a stream, under the colour that the command line asks for."""
    terminal = stream.isatty()
    context = click.get_current_context(silent=True)
    colored = terminal and (context is None or context.color is not False)
    return Look(terminal, colored, shutil.get_terminal_size().columns if terminal else _plain_width())


def _plain_width() -> int:
    asked = os.environ.get("COLUMNS", "")
    return int(asked) if asked.isdecimal() and int(asked) > 0 else PLAIN_WIDTH
