"""Who runs, who waits, and who is turned away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from llmdeploy.infra.replica.api_error import queue_full


class Admission:
    """Lets `slots` requests run at once and `max_waiting` more wait for their turn, first come, first served.

    The queue is here and not in the engine so that a request that waits costs nothing to cancel.
    """

    def __init__(self, slots: int, max_waiting: int) -> None:
        self._turns = asyncio.Semaphore(slots)
        self._max_waiting = max_waiting
        self._idle = asyncio.Event()
        self._idle.set()
        self.running = 0
        self.waiting = 0

    @property
    def in_flight(self) -> int:
        """Requests that run or wait."""
        return self.running + self.waiting

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a slot and hold it.

        Raises:
            ApiError: as many wait as may.
        """
        if self._turns.locked() and self.waiting >= self._max_waiting:
            raise queue_full()
        self._idle.clear()
        self.waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self.waiting -= 1
            self._tell_idle()
        self._idle.clear()
        self.running += 1
        try:
            yield
        finally:
            self.running -= 1
            self._turns.release()
            self._tell_idle()

    async def idle(self) -> None:
        """Wait until nothing runs and nothing waits."""
        await self._idle.wait()

    def _tell_idle(self) -> None:
        if self.in_flight == 0:
            self._idle.set()
