"""The log of a job."""

from __future__ import annotations

from collections.abc import Callable

import click

Tell = Callable[[str], None]


def tell(line: str) -> None:
    """Write a line, apart from what is printed for programs."""
    click.echo(line, err=True)
