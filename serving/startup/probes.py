"""The health checks of a replica in a cloud."""

from __future__ import annotations

import math

from llmdeploy.serving.startup.plan import ProbePlan

LONGEST_TIMEOUT_S = 10
"""A page that takes longer is no sign of life."""


def traffic_probe(provider: str, timeout_s: float) -> ProbePlan:
    """The load balancer's check. In AWS it also has the Auto Scaling group replace the instance, so it is as
    patient as healing is; in Google's cloud it only moves requests away."""
    if provider == "aws":
        return healing_probe(provider, timeout_s)
    timeout = _seconds(timeout_s)
    return ProbePlan(interval_s=timeout, timeout_s=timeout, healthy_threshold=2, unhealthy_threshold=3)


def healing_probe(provider: str, timeout_s: float) -> ProbePlan:
    """The check that replaces an instance: a busy engine that is slow to answer must outlast it, as its
    successor takes minutes to load. AWS: ELB health, whose interval is above the time-out (ELB API)."""
    timeout = _seconds(timeout_s)
    if provider == "aws":
        return ProbePlan(
            interval_s=timeout + 5, timeout_s=timeout, healthy_threshold=2, unhealthy_threshold=6
        )
    return ProbePlan(interval_s=30, timeout_s=timeout, healthy_threshold=1, unhealthy_threshold=5)


def _seconds(timeout_s: float) -> int:
    return max(2, min(LONGEST_TIMEOUT_S, math.ceil(timeout_s)))
