"""A drill while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.progress_json import print_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from llmdeploy.infra.drill.fault import DrillProgress


@contextmanager
def drill_progress(*, as_json: bool) -> Iterator[Callable[[DrillProgress], None]]:
    """Takes the drill's progress: a moving line on a terminal, a line a phase elsewhere, or JSON lines."""
    if as_json:
        yield lambda progress: print_line("progress", asdict(progress))
        return
    out = console(err=True)
    if not out.is_terminal:
        yield _PhaseLines()
        return
    with out.status("looking at the deployment") as status:
        yield lambda progress: status.update(_line(progress))


class _PhaseLines:
    """Says each phase once."""

    def __init__(self) -> None:
        self._phase = ""

    def __call__(self, progress: DrillProgress) -> None:
        if progress.phase != self._phase:
            self._phase = progress.phase
            console(err=True).print(_line(progress), soft_wrap=True)


def _line(progress: DrillProgress) -> str:
    return (
        f"{progress.elapsed_s:4.0f} s  {progress.message}: "
        f"{progress.requests} requests, {progress.failed} failed"
    )
