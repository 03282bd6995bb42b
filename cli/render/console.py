"""The rich consoles on which everything but errors and single values is shown."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

from llmdeploy.cli.render.look import look_of

if TYPE_CHECKING:
    from rich.console import Console


def console(*, err: bool = False, into: TextIO | None = None) -> Console:
    """A console on stdout (or stderr): colour and full width on a terminal, plain 80 columns without.

    Text is shown as it stands: `regions[0]` is no markup, `:smile:` no picture.

    Args:
        into: takes what is written, which looks as on the stream itself.
    """
    from rich.console import Console

    stream = sys.stderr if err else sys.stdout
    look = look_of(stream)
    return Console(
        file=into or stream,
        force_terminal=look.terminal,
        force_interactive=look.terminal,
        no_color=not look.colored,
        color_system="auto" if look.colored else None,
        width=look.width,
        markup=False,
        emoji=False,
        highlight=False,
    )
