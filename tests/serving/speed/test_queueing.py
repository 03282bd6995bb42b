"""The queues' formulas against exact results."""

from __future__ import annotations

from math import log

import pytest

from llmdeploy.serving.speed.queueing import place_wait, prefill_wait


def erlang_c(places: int, load: float) -> float:
    """The chance that all of `places` are taken (M/M/n), by Erlang B's recursion."""
    blocked, offered = 1.0, places * load
    for taken in range(1, places + 1):
        blocked = offered * blocked / (taken + offered * blocked)
    return blocked / (1 - load + load * blocked)


@pytest.mark.parametrize("places", [5, 25, 71, 190, 548])
@pytest.mark.parametrize("load", [0.3, 0.6, 0.8, 0.9, 0.97])
def test_the_wait_for_a_place(places: int, load: float) -> None:
    cycle = 10.0
    chance, mean = erlang_c(places, load), cycle / places / (1 - load)
    exact = mean * log(chance / 0.05) if chance > 0.05 else 0.0
    assert place_wait(load, places, cycle, 0.95) == pytest.approx(exact, abs=0.25 * mean)


def test_one_place_is_a_plain_queue() -> None:
    assert place_wait(0.5, 1, 2.0, 0.95) == pytest.approx(4.0 * log(10))


def test_an_idle_replica_keeps_nobody_waiting() -> None:
    assert place_wait(1e-6, 1, 10.0, 0.95) == 0
    assert place_wait(1e-6, 16_384, 10.0, 0.95) == 0
    assert prefill_wait(1e-6, 1.0, 0.95) == 0
