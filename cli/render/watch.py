"""The status looked at again and again, until Ctrl-C."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

import click

from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.status import overview_view, show_overview
from llmdeploy.infra.status.asking import Asking

if TYPE_CHECKING:
    from llmdeploy.infra.status.overview import Overlook, Overview

_EVERY_S: Final = 1.0
_WHOLE_EVERY_S: Final = 10.0
"""Between two looks at what is not on this machine: clouds throttle those who ask more often."""


def watch_status(overlook: Overlook, *, as_json: bool) -> None:
    """Show the status every second: in place on a terminal, else one after the other, or as JSON lines."""
    out = console()
    if out.is_terminal and not as_json:
        from rich.live import Live

        with Live(console=out, auto_refresh=False) as live:
            for seen in looks(overlook):
                live.update(overview_view(seen), refresh=True)
    for seen in looks(overlook):
        if as_json:
            click.echo(json.dumps(seen.document(), ensure_ascii=False))
        else:
            show_overview(seen, out)
        sys.stdout.flush()


def looks(
    overlook: Overlook,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Overview]:
    """A look a second. State, clouds and endpoints are asked every ten seconds, beside the others: one that
    does not answer holds up nothing.

    Raises:
        LlmdeployError: the state can no longer be read.
    """
    seen = overlook.look()
    whole: Asking[Overview] | None = None
    due = clock() + _WHOLE_EVERY_S
    while True:
        yield seen
        sleep(_EVERY_S)
        if whole is None and clock() >= due:
            whole = Asking({"": partial(overlook.look, seen)})
        if whole is not None and (found := whole.answers(clock()).get("")) is not None:
            seen, whole, due = found, None, clock() + _WHOLE_EVERY_S
        else:
            seen = overlook.glance(seen)
