"""Events on a terminal: what is done scrolls up, what is under way stays at the foot and moves."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.progress_news import news
from llmdeploy.cli.render.steps import WORDS, subject
from llmdeploy.infra.runner.events import Diagnostic, Event, Step, StepDone, StepFailed, StepStarted

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

# Rows of a terminal that the moving part leaves for what scrolls above it.
_ROWS_ABOVE: Final = 6


class _Underway:
    """A step that has begun: when, and the last thing its provider said."""

    def __init__(self, step: Step, since: float) -> None:
        self.step = step
        self.since = since
        self.message = ""


class LiveProgress:
    """The view of a terminal, redrawn eight times a second."""

    def __init__(self, out: Console, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.live import Live

        self._out = out
        self._clock = clock
        self._underway: dict[str, _Underway] = {}
        self._lock = Lock()
        self._live = Live(console=out, get_renderable=self._foot, refresh_per_second=8, transient=True)

    def __enter__(self) -> LiveProgress:
        self._live.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._live.stop()

    def __call__(self, event: Event) -> None:
        """Take the event into the view."""
        with self._lock:
            self._note(event)
        if line := news(event):
            self._out.print(line.text, style=line.style)

    def _note(self, event: Event) -> None:
        match event:
            case StepStarted(step=step) if not step.component and step.op != "same":
                self._underway[step.urn] = _Underway(step, self._clock())
            case StepDone(step=step) | StepFailed(step=step):
                self._underway.pop(step.urn, None)
            case Diagnostic(urn=urn, ephemeral=True) if urn in self._underway:
                self._underway[urn].message = event.message

    def _foot(self) -> RenderableType:
        from rich.console import Group
        from rich.spinner import Spinner
        from rich.text import Text

        with self._lock:
            steps = list(self._underway.values())
        now = self._clock()
        fits = max(1, self._out.height - _ROWS_ABOVE)
        rows: list[RenderableType] = [self._row(each, now) for each in steps[:fits]]
        if len(steps) > fits:
            rows.append(Text(f"  and {len(steps) - fits} more", style="dim"))
        return Group(*rows) if rows else Spinner("dots", text="working", style="cyan")

    def _row(self, underway: _Underway, now: float) -> RenderableType:
        from rich.text import Text

        words, seconds = WORDS[underway.step.op], now - underway.since
        row = Text(no_wrap=True, overflow="ellipsis")
        row.append(f"{words.sign} {words.doing} {subject(underway.step)} ", style=words.style)
        row.append(f"{seconds:4.0f} s  ", style="dim")
        row.append(underway.message)
        return row
