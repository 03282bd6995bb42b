"""How many replicas of each version a region runs at each move of a rollout."""

from __future__ import annotations

import math
from typing import NamedTuple

from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.serving.rollout.progress import Progress

WHOLE = 100


class FleetSize(NamedTuple):
    """Replicas of the version that a region comes from, and of the one that it goes to."""

    old: int
    new: int


def fleet_size(old: RegionPlan, new: RegionPlan, progress: Progress) -> FleetSize:
    """The sizes at the present move: those of its step, but what makes room has not been filled yet."""
    if progress.phase in ("promote", "retire"):
        return _at(old, new, WHOLE, progress)
    size = _at(old, new, progress.steps[progress.step], progress)
    if progress.phase != "drain":
        return size
    before = progress.step - 1
    fresh = _at(old, new, progress.steps[before], progress).new if before >= 0 else 0
    return FleetSize(size.old, fresh)


def room(progress: Progress, stable: Plan, target: Plan) -> dict[str, int]:
    """By region of the group: the old replicas that must go before the new ones of the present step start."""
    found = {}
    for name in progress.regions:
        old, new = versions_of(name, progress, stable, target)
        before = full_size(old, progress)
        if progress.step > 0:
            before = _at(old, new, progress.steps[progress.step - 1], progress).old
        found[name] = before - _at(old, new, progress.steps[progress.step], progress).old
    return found


def grows(progress: Progress, stable: Plan, target: Plan) -> bool:
    """Whether some region of the group needs more new replicas at the present step than at the one before."""
    for name in progress.regions:
        old, new = versions_of(name, progress, stable, target)
        before = _at(old, new, progress.steps[progress.step - 1], progress).new if progress.step else 0
        if _at(old, new, progress.steps[progress.step], progress).new > before:
            return True
    return False


def versions_of(name: str, progress: Progress, stable: Plan, target: Plan) -> tuple[RegionPlan, RegionPlan]:
    """A region as it comes and as it goes."""
    before, after = (target, stable) if progress.back else (stable, target)
    return before.region(name), after.region(name)


def full_size(region: RegionPlan, progress: Progress) -> int:
    """The replicas of a version that has all of a region's requests."""
    return max(region.min_replicas, min(region.max_replicas, progress.running.get(region.name, 0)))


def _at(old: RegionPlan, new: RegionPlan, percent: int, progress: Progress) -> FleetSize:
    """The new version has its share of the full number, rounded up; the old one keeps all of its own, or what
    `surge` leaves: the two together never exceed the larger full number by more than that.
    """
    before, after = full_size(old, progress), full_size(new, progress)
    fresh = max(1, math.ceil(after * percent / WHOLE))
    if progress.surge is None:
        return FleetSize(before, fresh)
    most = max(before, after) + progress.surge
    return FleetSize(max(0, min(before, most - fresh)), fresh)
