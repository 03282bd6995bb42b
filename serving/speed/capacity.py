"""The most that one replica answers while a target holds."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import Literal

from llmdeploy.serving.speed.estimate import speed_of
from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Capacity, Target
from llmdeploy.serving.speed.server import Answer, server

Limit = Literal["ttft_p95", "tpot_p95", "throughput"]
FULL = 0.8
"""The share of the most requests that a replica is planned for at most, with a target or without: what is
left takes bursts, and above it queues grow fast. Judgement, as autoscalers are commonly set."""
IDLE = 0.001
"""The share below which a replica counts as idle: a target that only holds there is not met. Judgement."""
ROUNDS = 13
"""Halvings of the ratio FULL / IDLE: to 0.1 % of the load."""


@lru_cache(maxsize=65536)
def capacity(request: SpeedRequest, target: Target) -> Capacity:
    """The most requests per second of the request's lengths that one replica answers within the target.

    The workload's own concurrency or rate is not looked at. A looser target never gives less: TTFT and TPOT
    rise with the load, and the loads that are tried are the same.

    Raises:
        NoRoom: the cache does not hold one request of the workload's lengths.
    """
    found = server(request)
    low, high = IDLE * found.full.rate, FULL * found.full.rate
    best = found.open(high)
    limit = _missed(best, target)
    if limit is None:
        return Capacity(high, speed_of(request, found, best), "throughput")
    best = found.open(low)
    if missed := _missed(best, target):
        return Capacity(0.0, speed_of(request, found, best), missed)
    for _ in range(ROUNDS):
        middle = sqrt(low * high)
        tried = found.open(middle)
        if missed := _missed(tried, target):
            high, limit = middle, missed
        else:
            low, best = middle, tried
    return Capacity(low, speed_of(request, found, best), limit)


def _missed(answer: Answer, target: Target) -> Limit | None:
    if target.tpot_p95 is not None and answer.pace.slow_step > target.tpot_p95:
        return "tpot_p95"
    if target.ttft_p95 is not None and answer.ttft_p95 > target.ttft_p95:
        return "ttft_p95"
    return None
