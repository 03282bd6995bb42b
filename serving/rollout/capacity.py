"""Whether a rollout leaves somebody to answer at every move."""

from __future__ import annotations

from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.serving.rollout.compose import composed
from llmdeploy.serving.rollout.moves import moves
from llmdeploy.serving.rollout.progress import Progress
from llmdeploy.serving.rollout.standing import Standing


def standstill(first: Progress, stable: Plan, target: Plan, standing: Standing) -> Progress | None:
    """The first move at which no region has a replica left that answers clients; None: there is none such."""
    for progress in moves(first, stable, target):
        plan = composed(stable, target, progress, standing)
        if not any(map(answering, plan.regions)):
            return progress
    return None


def answering(region: RegionPlan) -> int:
    """Replicas of a region that may answer clients: its own, and those beside them that get more than copies.

    A canary without a share counts: it is tried last (serving.gateway.topology).
    """
    beside = region.beside
    return region.min_replicas + (beside.region.min_replicas if beside and not beside.mirrored else 0)


def emptied(before: Plan, after: Plan) -> tuple[str, ...]:
    """The regions that lose their last replica at a move."""
    had = {region.name for region in before.regions if answering(region)}
    return tuple(region.name for region in after.regions if region.name in had and not answering(region))
