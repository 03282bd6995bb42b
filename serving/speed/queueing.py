"""How long requests wait: a queue for prefill, and one for a place in the batch."""

from __future__ import annotations

from math import erf, exp, log, pi, sqrt

FULLEST = 0.99
"""The load from which a queue is not made longer: the formulas would divide by nothing."""


def prefill_wait(load: float, turn: float, quantile: float) -> float:
    """Seconds that the `quantile` of requests waits for inputs before its own to be read.

    Random arrivals at one server of fixed service time (M/D/1): a request waits with probability `load`,
    and then for turn / (2 (1 − load)) on average; the tail is taken as exponential.
    """
    load = min(load, FULLEST)
    return _tail(load, turn / (2 * (1 - load)), quantile)


def place_wait(load: float, places: float, cycle: float, quantile: float) -> float:
    """Seconds that the `quantile` of requests waits for one of `places` in the batch.

    M/M/n: a request waits with the chance that all are taken; the wait then is exponential with mean
    cycle / (n (1 − load)).
    """
    return _tail(_all_taken(load, places), cycle / (places * (1 - load)), quantile)


def _all_taken(load: float, places: float) -> float:
    """Erlang's C, within 0.02 from five places on: the smaller of two approximations that are above it.

    Sakasegawa (1977), load^(√(2(n+1)) − 1), is exact for one place; Halfin and Whitt (1981),
    φ(β) / (φ(β) + β Φ(β)) with β = (1 − load) √n, is near for many.
    """
    few = float(load ** (sqrt(2 * (places + 1)) - 1))
    spare = (1 - load) * sqrt(places)
    density, below = exp(-spare * spare / 2) / sqrt(2 * pi), (1 + erf(spare / sqrt(2))) / 2
    return min(few, density / (density + spare * below))


def _tail(chance: float, mean: float, quantile: float) -> float:
    rest = 1 - quantile
    return mean * log(chance / rest) if chance > rest else 0.0
