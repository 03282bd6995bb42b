"""The check of what the deployment may cost."""

from __future__ import annotations

from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.serving.plan.cost import CostPlan


def budget(cost: CostPlan) -> Finding:
    """Whether the budget allows every region at its most replicas."""
    needs = f"{cost.most_usd:,.2f} USD an hour at most"
    if cost.limit_usd is None:
        return Finding("", "budget", needs, "no limit", "ok")
    has = f"{cost.limit_usd:,.2f} allowed"
    if cost.most_usd <= cost.limit_usd:
        return Finding("", "budget", needs, has, "ok")
    mend = f"raise budget.hourly_usd to {cost.most_usd:.2f}, or lower scaling.max"
    return Finding("", "budget", needs, has, "failed", mend)
