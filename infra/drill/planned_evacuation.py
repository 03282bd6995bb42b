"""A region's requests go elsewhere under load, and come back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

from llmdeploy.infra.drill.harm import Marks
from llmdeploy.infra.drill.watch import Watch

LOOK_EVERY_S = 0.05
QUIET_S = 1.0
"""Nothing under way for this long, before a region counts as drained."""
DRAIN_WITHIN_S = 60.0
"""Longer than asked for at most, for answers under way: they are not cut."""
MOVED_WITHIN_S = 60.0
"""By then a region takes requests again after it was brought back: gateways in clouds look for changes every
15 s."""


@dataclass(frozen=True, slots=True)
class Moves:
    """The two updates of a planned evacuation, each of which may take as long as an `up`.

    Args:
        in_flight: requests under way in the region; None: nobody knows.
    """

    away: Callable[[], None]
    back: Callable[[], None]
    in_flight: Callable[[], int | None]


@dataclass(slots=True)
class PlannedEvacuation:
    """See `harm.Harm`.

    Args:
        outage_s: how long it lasts, from its beginning; longer where the change or the answers under way take
            longer.
    """

    moves: Moves
    outage_s: float
    recovery_s: float = MOVED_WITHIN_S
    _moved_at: float | None = None
    _drained_at: float | None = None
    _back_at: float | None = None
    _away: bool = False

    async def prepare(self) -> None:
        """Nothing: what keeps it from working was looked for before."""

    async def do(self) -> None:
        """Evacuate, and watch until it is drained and the time is over."""
        ends = time.monotonic() + self.outage_s
        self._away = True
        await _uncut(self.moves.away)
        self._moved_at = time.monotonic()
        await self._watch_drain(ends)

    async def undo(self) -> None:
        """Bring it back."""
        await _uncut(self.undo_now)
        self._back_at = time.monotonic()

    def undo_now(self) -> None:
        """Bring it back, if it is away."""
        if self._away:
            self.moves.back()
            self._away = False

    def marks(self, _watch: Watch, _fault_at: float, _restored_at: float) -> Marks:
        """When the changes were made: a region that is evacuated stays healthy."""
        return Marks(self._moved_at, self._drained_at, self._back_at)

    async def _watch_drain(self, ends: float) -> None:
        """Until the time is over; where requests can be counted, at least until none is under way."""
        idle_since: float | None = None
        while True:
            found, now = await asyncio.to_thread(self.moves.in_flight), time.monotonic()
            idle_since = None if found != 0 else idle_since or now
            if self._drained_at is None and idle_since is not None and now - idle_since >= QUIET_S:
                self._drained_at = idle_since
            waits = found is not None and self._drained_at is None and now < ends + DRAIN_WITHIN_S
            if now >= ends and not waits:
                return
            await asyncio.sleep(LOOK_EVERY_S)


async def _uncut(work: Callable[[], None]) -> None:
    """In a thread; when this is cancelled it ends first: half an update is worse than a late one."""
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await task
        raise
