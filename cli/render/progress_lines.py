"""Events as plain lines, for logs and pipes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.progress_news import news
from llmdeploy.infra.runner.events import Diagnostic, Event

if TYPE_CHECKING:
    from rich.console import Console

# Often enough to see that it goes on, seldom enough for a log that is read later. Seconds.
_REPEAT_AFTER_S: Final = 5.0


class LineProgress:
    """A line for everything that is done; what is still under way says so every few seconds."""

    def __init__(self, out: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock
        self._said: dict[str, float] = {}

    def __enter__(self) -> LineProgress:
        return self

    def __exit__(self, *_error: object) -> None:
        return

    def __call__(self, event: Event) -> None:
        """Print what the event is worth."""
        if isinstance(event, Diagnostic) and event.ephemeral:
            self._still_at_it(event)
        elif line := news(event):
            self._out.print(line.text, soft_wrap=True)

    def _still_at_it(self, event: Diagnostic) -> None:
        now, who = self._clock(), event.urn or event.name
        if now - self._said.get(who, now - _REPEAT_AFTER_S) < _REPEAT_AFTER_S:
            return
        self._said[who] = now
        self._out.print(f"  {event.message}", soft_wrap=True)
