"""Estimates speed: the way in."""

from __future__ import annotations

from functools import lru_cache

from llmdeploy.serving.speed.request import SpeedRequest
from llmdeploy.serving.speed.result import Capacity, Speed, Target


@lru_cache(maxsize=65536)
def estimate(request: SpeedRequest) -> Speed:
    """The speed of one replica under the request's workload, by the roofline model."""
    raise NotImplementedError


@lru_cache(maxsize=65536)
def capacity(request: SpeedRequest, target: Target) -> Capacity:
    """The most requests per second of the request's lengths that one replica answers within the target.

    The workload's own concurrency or rate is not looked at.
    """
    raise NotImplementedError
