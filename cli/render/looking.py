"""A spinner while something is only looked at."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from llmdeploy.cli.render.console import console


@contextmanager
def looking(what: str) -> Iterator[None]:
    """Show on a terminal's stderr that it goes on; nothing elsewhere."""
    out = console(err=True)
    if not out.is_terminal:
        yield
        return
    with out.status(what):
        yield
