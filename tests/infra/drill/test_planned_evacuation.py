"""The course of an evacuation that is drilled, with moves that take a moment and change nothing."""

from __future__ import annotations

import asyncio
import time

import pytest

from llmdeploy.infra.drill.planned_evacuation import Moves, PlannedEvacuation
from llmdeploy.infra.drill.watch import Watch

NOTHING = Watch((), frozenset())


class Region:
    """Remembers what was done to it.

    Args:
        busy_s: how long requests are under way after it was evacuated; None: nobody knows.
        breaks: what moving it away ends with.
    """

    def __init__(self, busy_s: float | None = 0, breaks: Exception | None = None) -> None:
        self.done: list[str] = []
        self._busy_s, self._breaks = busy_s, breaks
        self._away_at = 0.0

    def evacuation(self, outage_s: float) -> PlannedEvacuation:
        return PlannedEvacuation(Moves(self._away, self._back, self._in_flight), outage_s)

    def _away(self) -> None:
        self.done.append("going")
        time.sleep(0.3)
        if self._breaks:
            raise self._breaks
        self.done.append("away")
        self._away_at = time.monotonic()

    def _back(self) -> None:
        self.done.append("back")

    def _in_flight(self) -> int | None:
        if self._busy_s is None:
            return None
        return 0 if time.monotonic() - self._away_at > self._busy_s else 2


async def _whole(evacuation: PlannedEvacuation) -> None:
    await evacuation.prepare()
    await evacuation.do()
    await evacuation.undo()


def test_out_drained_and_back() -> None:
    region = Region(busy_s=0.4)
    evacuation = region.evacuation(outage_s=0.1)
    began = time.monotonic()
    asyncio.run(_whole(evacuation))
    assert region.done == ["going", "away", "back"]
    marks = evacuation.marks(NOTHING, 0, 0)
    assert marks.lost_at is not None
    assert marks.drained_at is not None
    assert marks.well_at is not None
    assert began < marks.lost_at < marks.drained_at < marks.well_at, "it lasts until it is drained"


def test_where_nobody_counts_requests_the_time_alone_decides() -> None:
    region = Region(busy_s=None)
    evacuation = region.evacuation(outage_s=0.5)
    asyncio.run(_whole(evacuation))
    marks = evacuation.marks(NOTHING, 0, 0)
    assert (region.done, marks.drained_at) == (["going", "away", "back"], None)


def test_half_an_update_is_not_cut_and_then_undone() -> None:
    region = Region()
    evacuation = region.evacuation(outage_s=60)

    async def interrupted() -> None:
        task = asyncio.create_task(evacuation.do())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        evacuation.undo_now()
        evacuation.undo_now()

    asyncio.run(interrupted())
    assert region.done == ["going", "away", "back"]


def test_a_move_that_fails_is_undone_all_the_same() -> None:
    region = Region(breaks=RuntimeError("half of it"))
    evacuation = region.evacuation(outage_s=1)

    async def failed() -> None:
        with pytest.raises(RuntimeError, match="half of it"):
            await evacuation.do()
        evacuation.undo_now()

    asyncio.run(failed())
    assert region.done == ["going", "back"]


def test_nothing_is_brought_back_that_was_not_away() -> None:
    region = Region()
    region.evacuation(outage_s=1).undo_now()
    assert region.done == []
