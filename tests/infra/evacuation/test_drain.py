"""The wait until nothing is under way, on a clock of its own."""

from __future__ import annotations

import pytest

from llmdeploy.infra.evacuation import wait_until_drained, wait_until_well
from llmdeploy.infra.evacuation.drain import LOOK_EVERY_S, Clock, Drain


class World:
    """What is under way at each second; the last value lasts."""

    def __init__(self, *in_flight: int | None) -> None:
        self.now = 100.0
        self._in_flight = in_flight
        self.clock = Clock(lambda: self.now, self._sleep)
        self.told: list[int | None] = []

    def look(self) -> int | None:
        return self._in_flight[min(int(self.now - 100), len(self._in_flight) - 1)]

    def _sleep(self, seconds: float) -> None:
        self.now += seconds

    def drained(self, within_s: float) -> Drain:
        return wait_until_drained(self.look, within_s, self.told.append, self.clock)


def test_drained() -> None:
    world = World(8, 3, 1, 0)
    drain = world.drained(60)
    assert drain.seconds == pytest.approx(3, abs=0.1)
    assert drain.in_flight == 0
    assert {*world.told} == {8, 3, 1, 0}
    assert world.now == pytest.approx(104, abs=0.2)


def test_drained_at_once() -> None:
    assert World(0).drained(60) == Drain(0, 0)


def test_a_moment_without_requests_is_not_the_end() -> None:
    looks = iter([2, 0, 0, 2, *[0] * 100])
    drain = wait_until_drained(lambda: next(looks), 60, lambda found: None, World(0).clock)
    assert drain.seconds == pytest.approx(4 * LOOK_EVERY_S)


def test_not_in_time() -> None:
    world = World(4, 2)
    assert world.drained(5) == Drain(None, 2)
    assert world.now == pytest.approx(105, abs=0.2)


def test_quiet_when_the_time_is_over_is_waited_for() -> None:
    world = World(1, 1, 1, 0)
    assert world.drained(3.1).in_flight == 0
    assert world.drained(0.5) == Drain(0, 0)


def test_nobody_knows() -> None:
    assert World(None).drained(2) == Drain(None, None)


def test_well() -> None:
    world = World(0)
    assert wait_until_well(lambda: world.now >= 104, 60, world.clock) == pytest.approx(4, abs=0.1)
    assert wait_until_well(lambda: False, 5, world.clock) is None
