"""What a drill has seen so far, for its progress and for its end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from llmdeploy.infra.drill.fault import DrillProgress, Phase
from llmdeploy.infra.drill.lost_stream import is_lost_stream
from llmdeploy.infra.drill.target import Target
from llmdeploy.infra.load import Record

_TELL_EVERY_S = 0.5


@dataclass(slots=True)
class Tally:
    """Counts requests and tells of them.

    Args:
        target: what is hit.
    """

    target: Target
    tell: Callable[[DrillProgress], None]
    began: float = field(default_factory=time.monotonic)
    requests: int = 0
    failed: int = 0
    fault_at: float = float("inf")
    last_served: float = float("-inf")
    """When the last request began that it answered, `time.monotonic` seconds."""

    def count(self, record: Record) -> None:
        """A request has ended."""
        self.requests += 1
        self.failed += not record.ok and not is_lost_stream(record, self.target, self.fault_at)
        if record.ok and self.target.answered(record):
            self.last_served = max(self.last_served, record.start)

    @contextmanager
    def phase(self, phase: Phase, message: str) -> Iterator[None]:
        """Tell of a phase now, and again and again while the block lasts."""
        telling = asyncio.create_task(self._keep_telling(phase, message))
        try:
            yield
        finally:
            telling.cancel()

    async def _keep_telling(self, phase: Phase, message: str) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            while True:
                elapsed_s = time.monotonic() - self.began
                self.tell(DrillProgress(phase, message, elapsed_s, self.requests, self.failed))
                await asyncio.sleep(_TELL_EVERY_S)
