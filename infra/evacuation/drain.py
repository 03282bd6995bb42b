"""The wait until nothing is under way in a region any more, or it is well again."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from llmdeploy.infra.evacuation.in_flight import InFlight

QUIET_S = 1.0
"""Nothing under way for this long: between two requests of a region that is in use there may be none for a
moment."""
LOOK_EVERY_S = 0.05

Tell = Callable[[int | None], None]


@dataclass(frozen=True, slots=True)
class Drain:
    """What came of the wait.

    Args:
        seconds: until the last request had ended; None: they had not all ended in time.
        in_flight: under way at the end; None: not known.
    """

    seconds: float | None
    in_flight: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, and how it passes."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def wait_until_drained(look: InFlight, within_s: float, tell: Tell, clock: Clock | None = None) -> Drain:
    """Look again and again.

    Args:
        tell: is given what each look has found.
    """
    clock = clock or Clock()
    began = clock.now()
    idle_since: float | None = None
    while True:
        found = look()
        now = clock.now()
        tell(found)
        if found != 0:
            idle_since = None
        elif idle_since is None:
            idle_since = now
        if idle_since is not None and now - idle_since >= QUIET_S:
            return Drain(idle_since - began, 0)
        if now - began >= within_s + (QUIET_S if idle_since is not None else 0):
            return Drain(None, found)
        clock.sleep(LOOK_EVERY_S)


def wait_until_well(well: Callable[[], bool], within_s: float, clock: Clock | None = None) -> float | None:
    """Seconds until it was; None: it was not in time."""
    clock = clock or Clock()
    began = clock.now()
    while not well():
        if clock.now() - began >= within_s:
            return None
        clock.sleep(LOOK_EVERY_S)
    return clock.now() - began
