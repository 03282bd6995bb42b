"""What the plan costs, and whether the budget allows it."""

from __future__ import annotations

from llmdeploy.serving.cost.rows import cost_plan
from llmdeploy.serving.plan.asks import UTILISATION, utilisation_of
from llmdeploy.serving.plan.draft import Draft


def price_plan(draft: Draft) -> Draft:
    """The bill, and a problem where it passes `budget.hourly_usd`."""
    if not draft.regions:
        return draft
    share = utilisation_of(draft.spec)
    if draft.spec.workload is None or draft.spec.workload.utilisation is None:
        draft = draft.decided(
            "workload.utilisation", f"{UTILISATION:g}", "half the peak, on the mean of a day"
        )
    budget = draft.spec.budget
    domain = draft.spec.routing.domain if draft.spec.routing else None
    cost = cost_plan(draft.regions, share, domain)
    if budget is not None:
        cost = cost.model_copy(update={"limit_usd": budget.hourly_usd})
    draft = draft.having(cost=cost)
    if budget is not None and cost.most_usd > budget.hourly_usd:
        return draft.refused(
            ("budget", "hourly_usd"),
            f"{budget.hourly_usd:g} USD an hour is below the cheapest that fits: {cost.most_usd:.2f}",
            f"allow {cost.most_usd:.2f}, or lower scaling.max, the target or the context length",
        )
    return draft
