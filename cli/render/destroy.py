"""What a deployment costs that is about to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.money import ESTIMATE, usd
from llmdeploy.serving.plan.cost import MONTH_HOURS

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.serving.review.summary import PlanSummary


def show_cost(plan: PlanSummary | None, out: Console, *, simulated: bool) -> None:
    """At the expected scale, and at the fewest and the most replicas; nothing where it is not known."""
    if plan is None or plan.cost is None:
        return
    cost = plan.cost
    hour, month = (usd(cost.expected_usd * hours, estimated=cost.estimated) for hours in (1, MONTH_HOURS))
    least, most = (usd(each, estimated=cost.estimated) for each in (cost.least_usd, cost.most_usd))
    span = "" if least == most else f"; from {least} to {most} an hour as it scales"
    costs = "would cost" if simulated else "costs"
    out.print(f"It {costs} {hour} USD an hour now, {month} a month{span}.", style="bold")
    if cost.estimated:
        out.print(ESTIMATE, style="dim")
