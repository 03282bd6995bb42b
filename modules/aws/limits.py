"""Times that load balancers take from the plan, within what AWS allows. Seconds."""

from __future__ import annotations

import math

from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import ServerPlan

MOST_IDLE_S = 4000
"""ALB attribute idle_timeout.timeout_seconds (elasticloadbalancing, LoadBalancerAttribute)."""
MOST_DEREGISTRATION_S = 3600
"""Attribute deregistration_delay.timeout_seconds (elasticloadbalancing, TargetGroupAttribute)."""
LEAST_DEREGISTRATION_S = 300
"""AWS's own default, and longer than most answers take. A target with nothing under way leaves at once."""


def idle_timeout_s(gateway: GatewayPlan) -> int:
    """How long a load balancer lets a request be silent: as long as the gateway does. AWS's default of 60 s
    would cut answers that are not streamed, which are silent until they are written.
    """
    return min(MOST_IDLE_S, math.ceil(gateway.request_timeout_s))


def deregistration_delay_s(server: ServerPlan) -> int:
    """How long requests under way may last when what answers them is taken out of service."""
    return min(MOST_DEREGISTRATION_S, max(LEAST_DEREGISTRATION_S, math.ceil(server.drain_timeout_s)))


def teardown(server: ServerPlan) -> str:
    """How long deleting may take that waits for requests under way, as Pulumi writes durations."""
    return f"{deregistration_delay_s(server) // 60 + 15}m"
