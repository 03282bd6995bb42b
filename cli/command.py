"""What every command shares: its examples in `--help`, and `--no-color`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import click


class Command(click.Command):
    """A command whose help ends with examples, each a line that can be typed as it stands."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)
        self.params.append(click.Option(["--no-color"], is_flag=True, expose_value=False, help="No colours."))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The examples."""
        with formatter.section("Examples"):
            for example in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{example}\n")


class Group(Command, click.Group):
    """A group whose help ends with examples, as a command's does."""


def command(*examples: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a function the command of its module, with `examples` in its help."""
    return click.command(cls=Command, examples=examples)
