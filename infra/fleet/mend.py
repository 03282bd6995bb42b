"""What to do about a cloud that gives no instances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.infra.fleet.quota_request import quota_request
from llmdeploy.infra.fleet.refusal import Refusal
from llmdeploy.serving.plan.model import Plan, RegionPlan


def mend(plan: Plan, region: RegionPlan, refusal: Refusal, facts: Mapping[str, Any]) -> tuple[str, str]:
    """What to do, and a command that does it; empty where there is none."""
    instance = region.hardware.instance if region.hardware else "the instance"
    match refusal.kind:
        case "capacity":
            return f"wait: it goes on trying by itself; or change {_choices(region)} in the spec", ""
        case "quota":
            command = quota_request(plan, region, refusal, facts)
            return "ask for more quota: it starts instances by itself once that is granted", command
        case "unsupported":
            return f"choose another hardware.gpu or region: a zone does not offer {instance}", ""
        case _:
            groups = ", ".join(facts.get("groups", ()))
            return f"look at the group's activities in the cloud's console ({groups})", ""


def _choices(region: RegionPlan) -> str:
    purchase = region.hardware.purchase if region.hardware else ""
    fallback = "hardware.purchase (spot-with-fallback falls back on on-demand instances), "
    return f"{fallback if purchase == 'spot' else ''}hardware.gpu or the region"
