"""The most that one replica answers while a target holds."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Literal

from llmdeploy.serving.speed.estimate import estimate
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Capacity, Speed, Target

Limit = Literal["ttft_p95", "tpot_p95", "throughput"]
ROUNDS = 8
"""Halvings of the load: to 1/256 of the most that can be answered."""
FULL = 0.95
"""The highest share of the most requests that a replica is planned for; above it queues explode."""


@lru_cache(maxsize=65536)
def capacity(request: SpeedRequest, target: Target) -> Capacity:
    """The most requests per second of the request's lengths that one replica answers within the target.

    The workload's own concurrency or rate is not looked at.

    Raises:
        NoRoom: the cache does not hold one request of the workload's lengths.
    """
    most = FULL * estimate(_under(request, None)).requests_per_second
    at_most = estimate(_under(request, most))
    limit = _missed(at_most, target)
    if limit is None:
        return Capacity(most, at_most, "throughput")
    low, high, best = 0.0, most, None
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        found = estimate(_under(request, middle))
        missed = _missed(found, target)
        if missed is None:
            low, best = middle, found
        else:
            high, limit = middle, missed
    if best is None:
        return Capacity(0.0, found, limit)
    return Capacity(low, best, limit)


def _under(request: SpeedRequest, rate: float | None) -> SpeedRequest:
    return replace(request, workload=replace(request.workload, concurrency=None, requests_per_second=rate))


def _missed(speed: Speed, target: Target) -> Limit | None:
    if target.tpot_p95 is not None and speed.tpot_p95 > target.tpot_p95:
        return "tpot_p95"
    if target.ttft_p95 is not None and speed.ttft_p95 > target.ttft_p95:
        return "ttft_p95"
    return None
