"""Where the endpoints of regions without gateways answer: the gateways of all others ask them there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.serving.gateway.managed import azure_endpoint_host, azure_endpoint_name
from llmdeploy.serving.plan.model import Plan


def direct_hosts(plan: Plan, stack: str, subscription: str) -> dict[str, str]:
    """By region.

    Args:
        stack: the deployment's name.
        subscription: of Azure, by its id.
    """
    return {
        region.name: azure_endpoint_host(
            azure_endpoint_name(stack, region.location, subscription), region.location
        )
        for region in plan.regions
        if not region.has_gateway
    }


def known_hosts(plan: Plan, outputs: Mapping[str, Any]) -> dict[str, str] | None:
    """They as a stack that is up has them; None where it does not tell.

    Args:
        outputs: the stack's.
    """
    direct = [region.name for region in plan.regions if not region.has_gateway]
    if not direct:
        return {}
    subscription = outputs.get("regions", {}).get(direct[0], {}).get("subscription")
    return direct_hosts(plan, plan.stack_name, subscription) if subscription else None
