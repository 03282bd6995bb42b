"""The status looked at again and again, until Ctrl-C."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.status import status_view
from llmdeploy.cli.render.table import show
from llmdeploy.infra.status import deployment_status

if TYPE_CHECKING:
    from llmdeploy.infra.status import DeploymentFacts, DeploymentStatus

_EVERY_S: Final = 1.0


def watch_status(facts: DeploymentFacts, *, as_json: bool) -> None:
    """Show the status every second: in place on a terminal, else one after the other, or as JSON lines."""
    out = console()
    if out.is_terminal and not as_json:
        from rich.live import Live

        with Live(console=out, auto_refresh=False) as live:
            for status in _looks(facts):
                live.update(status_view(status), refresh=True)
    for status in _looks(facts):
        if as_json:
            click.echo(json.dumps(status.document(), ensure_ascii=False))
        else:
            show(status_view(status), out)
        sys.stdout.flush()


def _looks(facts: DeploymentFacts) -> Iterator[DeploymentStatus]:
    before = None
    while True:
        before = deployment_status(facts, before)
        yield before
        time.sleep(_EVERY_S)
