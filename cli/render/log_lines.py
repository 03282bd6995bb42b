"""How lines of logs look."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable
from typing import Final

import click

from llmdeploy.cli.live.logtail import LogLine

_COLORS: Final = ("cyan", "magenta", "green", "yellow", "blue")


def show_lines(lines: Iterable[LogLine], sources: Collection[str], *, as_json: bool) -> None:
    """Print lines as they come, each after its source when there are several sources."""
    width = max(map(len, sources), default=0)
    colors = {source: _COLORS[index % len(_COLORS)] for index, source in enumerate(sources)}
    for line in lines:
        if as_json:
            click.echo(json.dumps(line._asdict(), ensure_ascii=False))
        elif len(sources) == 1:
            click.echo(line.text)
        else:
            click.echo(f"{click.style(f'{line.source:{width}}', fg=colors[line.source])} {line.text}")
        sys.stdout.flush()
