"""Something looked at again and again, until Ctrl-C."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn

import click

from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.status import status_view

if TYPE_CHECKING:
    from llmdeploy.cli.live.report import StatusReport

_EVERY_S: Final = 1.0


def watch_status(look: Callable[[], StatusReport], *, as_json: bool) -> NoReturn:
    """Show the status every second: in place on a terminal, else one after the other, or as JSON lines."""
    from rich.live import Live

    out = console()
    if out.is_terminal and not as_json:
        with Live(console=out, auto_refresh=False) as live:
            _again_and_again(lambda: live.update(status_view(look()), refresh=True))
    if as_json:
        _again_and_again(lambda: click.echo(json.dumps(look().document(), ensure_ascii=False)))
    _again_and_again(lambda: out.print(status_view(look())))


def _again_and_again(show: Callable[[], None]) -> NoReturn:
    while True:
        show()
        sys.stdout.flush()
        time.sleep(_EVERY_S)
