"""A replica under a load: what its requests wait for, and how long."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from llmdeploy.serving.speed.batch import Batching, Pace, Slots, batching, slots
from llmdeploy.serving.speed.constants import FRONT_END_SECONDS
from llmdeploy.serving.speed.queueing import place_wait, prefill_wait
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.steps import Steps

ROUNDS = 40
CLOSE = 1e-11
"""Tries, and the relative error that is near enough, in the search for the running requests."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How requests are answered. Seconds, and requests per second."""

    pace: Pace
    rate: float
    running: float
    utilisation: float
    ttft_p50: float
    ttft_p95: float


@dataclass(frozen=True, slots=True)
class Server:
    """One replica, and its pace when it is full."""

    batching: Batching
    places: Slots
    full: Pace

    def closed(self, concurrency: int | None) -> Answer:
        """A fixed number of requests at once; those that find no place wait, by Little's law, for one.

        An arriving request sees what the others alone would make (arrival theorem of closed networks). None:
        as many as there is place for, each counted from when it gets its place.
        """
        others = self.full.others if concurrency is None else concurrency - 1.0
        pace = self.full if others >= self.full.others else self.batching.pace(others)
        outside = (others - pace.others) / pace.rate
        reading = self.batching.reading(pace.others)
        half, most = (outside + prefill_wait(reading, pace.turn, share) for share in (0.5, 0.95))
        return _answer(pace, pace.rate, pace.running, pace.running / self.full.running, half, most)

    def open(self, rate: float) -> Answer:
        """Independent users (Poisson). Above what the replica can answer, queues never end."""
        load = rate / self.full.rate
        if load >= 1:
            return _answer(self.full, self.full.rate, self.full.running, load, inf, inf)
        pace = self.batching.pace(self._others(rate))
        half, most = (
            prefill_wait(rate * pace.turn, pace.turn, share)
            + place_wait(load, self.full.running, self.full.cycle, share)
            for share in (0.5, 0.95)
        )
        return _answer(pace, rate, rate * pace.cycle, load, half, most)

    def _others(self, rate: float) -> float:
        """Those that run on average, which an arriving request finds: others = rate × cycle(others) (Little).

        By regula falsi (Illinois); the cycle rises with the others, so that the least root rises with the
        rate.
        """
        low, high = 0.0, self.full.others
        above = rate * self.full.cycle - high
        if above >= 0:
            return high
        below = rate * self.batching.cycle(0.0)
        guess, side = low, 0
        for _ in range(ROUNDS):
            guess = (low * above - high * below) / (above - below)
            missing = rate * self.batching.cycle(guess) - guess
            if abs(missing) <= CLOSE * guess:
                break
            if missing > 0:
                low, below, above, side = guess, missing, above / (2 if side > 0 else 1), 1
            else:
                high, above, below, side = guess, missing, below / (2 if side < 0 else 1), -1
        return guess


def server(request: SpeedRequest, steps: Steps | None = None) -> Server:
    """The replica of a request, whatever load the request states.

    Raises:
        NoRoom: the cache does not hold one request of the workload's lengths.
    """
    places, found = slots(request), batching(request, steps)
    return Server(found, places, found.pace(places.count - 1))


def _answer(pace: Pace, rate: float, running: float, utilisation: float, half: float, most: float) -> Answer:
    """Half of the requests meet the step in progress before its middle, all before its end."""
    alone = FRONT_END_SECONDS + pace.first
    return Answer(pace, rate, running, utilisation, alone + pace.step / 2 + half, alone + pace.step + most)
