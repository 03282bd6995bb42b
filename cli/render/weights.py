"""How mirrored weights look."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from types import TracebackType
from typing import TYPE_CHECKING

import click

from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.progress_json import print_line
from llmdeploy.cli.render.table import show, table
from llmdeploy.cli.render.telling import Telling

if TYPE_CHECKING:
    from llmdeploy.infra.weights.mirror.meter import Progress
    from llmdeploy.infra.weights.mirror.spec import Mirrored
    from llmdeploy.infra.weights.mirror.target import Pushed
    from llmdeploy.serving.node.models import NodeModel

UNITS = (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10))


class PushProgress:
    """How far a push has come: JSON lines, or a line on stderr."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._telling = Telling()

    def __enter__(self) -> PushProgress:
        self._telling.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self._telling.__exit__(kind, error, where)

    def __call__(self, model: NodeModel, progress: Progress) -> None:
        """Show it."""
        if self._as_json:
            print_line("progress", {"model": model.source, **asdict(progress)})
            return
        self._telling(
            f"{progress.what} {model.source}: {progress.files_done} of {progress.files} files, "
            f"{size(progress.bytes_done)} of {size(progress.bytes)}, {progress.seconds:.0f} s"
        )


def show_pushed(pushed: Sequence[Pushed], *, as_json: bool) -> None:
    """What was sent where; the last of the JSON lines."""
    if as_json:
        print_line("result", {"ok": True, "pushed": [asdict(each) for each in pushed]})
        return
    rows = [
        (
            each.region,
            _model(each.prefix),
            str(each.files),
            size(each.size),
            _sent(each),
            f"{each.seconds:.0f} s",
        )
        for each in pushed
    ]
    show(table(("region", "model", "files", "size", "sent", "took"), rows), console())


def show_mirrored(mirrored: Sequence[Mirrored], *, as_json: bool) -> None:
    """What is where."""
    if as_json:
        click.echo(json.dumps({"weights": [asdict(each) for each in mirrored]}, indent=2))
        return
    rows = [
        (
            each.region,
            _model(each.prefix),
            "whole" if each.complete else "not whole",
            str(each.files),
            size(each.size),
        )
        for each in mirrored
    ]
    show(table(("region", "model", "state", "files", "size"), rows), console())


def size(count: int) -> str:
    """Bytes as a reader takes them in."""
    for unit, least in UNITS:
        if count >= least:
            return f"{count / least:.1f} {unit}"
    return f"{count} bytes"


def _model(prefix: str) -> str:
    """The model's name and revision."""
    return prefix.removeprefix("models/")


def _sent(pushed: Pushed) -> str:
    if not pushed.files_sent:
        return "nothing"
    return f"{pushed.files_sent} files, {size(pushed.bytes_sent)}"
