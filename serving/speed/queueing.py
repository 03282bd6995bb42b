"""How long requests wait: a queue for prefill, and one for a place in the batch."""

from __future__ import annotations

from math import log, sqrt


def prefill_wait(load: float, service: float, quantile: float) -> float:
    """Seconds that the `quantile` of requests waits for its input to be read.

    Random arrivals at one server of fixed service time (M/D/1): a request waits with probability `load`,
    and then for service / (2 (1 − load)) on average; the tail is taken as exponential.
    """
    return _tail(load, service / (2 * (1 - load)), quantile)


def place_wait(load: float, places: float, cycle: float, quantile: float) -> float:
    """Seconds that the `quantile` of requests waits for one of `places` in the batch.

    M/M/n: the chance of waiting by Sakasegawa (1977), load^(√(2(n+1)) − 1); the wait then is exponential
    with mean cycle / (n (1 − load)).
    """
    return _tail(load ** (sqrt(2 * (places + 1)) - 1), cycle / (places * (1 - load)), quantile)


def _tail(chance: float, mean: float, quantile: float) -> float:
    rest = 1 - quantile
    return mean * log(chance / rest) if chance > rest else 0.0
