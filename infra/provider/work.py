"""What an operation of the provider may use of the run around it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from llmdeploy.infra.provider.errors import Cancelled

REPORT_EVERY_S = 1.0
POLL_S = 0.05
"""supervisord acts on what happened when a call wakes it, so asking often also makes it quick."""


@dataclass(frozen=True, slots=True)
class Work:
    """One operation: where progress goes, whether the user has interrupted, and whose turn it is to restart.

    Args:
        report: takes a line of progress, shown while it lasts.
        cancelled: set when the user interrupts.
        turn: held while a serving replica is restarted, so that an update takes them down one at a time.
    """

    report: Callable[[str], None]
    cancelled: threading.Event = field(default_factory=threading.Event)
    turn: threading.Lock = field(default_factory=threading.Lock)

    def ticks(self, timeout_s: float, progress: Callable[[], str]) -> Iterator[None]:
        """Yield until `timeout_s` seconds have passed, reporting progress about every second.

        Raises:
            Cancelled: the user interrupted.
        """
        start = reported = time.monotonic()
        while (now := time.monotonic()) - start < timeout_s:
            if self.cancelled.is_set():
                raise Cancelled("interrupted while waiting", "run the same command again to go on")
            if now - reported >= REPORT_EVERY_S:
                self.report(f"{progress()}, {now - start:.0f} s")
                reported = now
            yield
            time.sleep(POLL_S)
