"""The rich consoles on which everything but errors and single values is shown."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from rich.console import Console

# Output that goes to a file or a pipe is laid out for the narrowest terminal that we promise to read well on.
PLAIN_WIDTH: Final = 80


def console(*, err: bool = False) -> Console:
    """A console on stdout (or stderr): colour and full width on a terminal, plain 80 columns without.

    Text is shown as it stands: `regions[0]` is no markup, `:smile:` no picture.
    """
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    terminal = stream.isatty()
    context = click.get_current_context(silent=True)
    colored = terminal and (context is None or context.color is not False)
    return Console(
        file=stream,
        force_terminal=terminal,
        force_interactive=terminal,
        no_color=not colored,
        color_system="auto" if colored else None,
        width=shutil.get_terminal_size().columns if terminal else int(os.environ.get("COLUMNS", PLAIN_WIDTH)),
        markup=False,
        emoji=False,
        highlight=False,
    )
