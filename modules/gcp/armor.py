"""Who may knock how often: the policy at the edge of Google's network."""

from __future__ import annotations

import math

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.serving.plan.model import Plan

HEADROOM = 4
"""How many times what all replicas can answer one address may ask for. Generous, as all users of a company
may share one address, and another region's gateways send all its traffic from a few while it is down."""
LEAST_PER_MINUTE = 6000
MINUTE_S = 60
THROTTLE, REST = 1000, 2147483647
"""Priorities; the last is the one that Cloud Armor keeps for its default rule."""


def edge_policy(
    name: str, deployment: Deployment, plan: Plan, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Self link of a policy that lets everyone in who does not flood. Keys are the gateway's to check.

    By address and not by key: keys are not checked here, so that a flood could bring a new one with each
    request. No rules against injections: prompts are full of code that looks like one.
    """
    from pulumi_gcp import compute

    limit = requests_per_minute(plan)
    return compute.SecurityPolicy(
        name,
        type="CLOUD_ARMOR",
        rules=[
            {
                "priority": THROTTLE,
                "action": "throttle",
                "description": f"At most {limit} requests a minute from one address",
                "match": {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": ["*"]}},
                "rate_limit_options": {
                    "conform_action": "allow",
                    "exceed_action": "deny(429)",
                    "enforce_on_key": "IP",
                    "rate_limit_threshold": {"count": limit, "interval_sec": MINUTE_S},
                },
            },
            {
                "priority": REST,
                "action": "allow",
                "description": "Everyone else",
                "match": {"versioned_expr": "SRC_IPS_V1", "config": {"src_ip_ranges": ["*"]}},
            },
        ],
        labels=deployment.labels,
        opts=opts,
    ).self_link


def requests_per_minute(plan: Plan) -> int:
    """From one address, to the next thousand."""
    answered = sum(
        each.hardware.speed.requests_per_second * each.max_replicas for each in plan.regions if each.hardware
    )
    return max(LEAST_PER_MINUTE, math.ceil(answered * MINUTE_S * HEADROOM / 1000) * 1000)
