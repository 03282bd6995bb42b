"""The moves of a rollout, one ordinary update each. Pure: a progress in, the next one out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.fleet_size import grows, room
from llmdeploy.serving.rollout.packed import PackedPlan
from llmdeploy.serving.rollout.progress import Phase, Progress
from llmdeploy.serving.spec.rollout import Rollout

STEPS = (5, 25, 50, 100)
"""Percent, where a spec says nothing: as in the example of `rollout.steps`."""
WHOLE = (100,)


def begun(
    number: int,
    stable: Plan,
    target: Plan,
    regions: Sequence[str],
    asked: Rollout | None,
    at: int = 0,
    running: Mapping[str, int] | None = None,
) -> Progress:
    """A rollout of `target` at its first move.

    Args:
        at: the time, in seconds since the epoch.
        running: replicas that run now, by region.
        regions: those whose replicas change.
        asked: the spec's section.
    """
    asked = asked or Rollout()
    strategy = asked.strategy or "canary"
    ordered = _ordered(regions, asked.order or ())
    steps = asked.steps or STEPS
    copied = len(steps) if strategy == "shadow" else 0
    made = Progress(
        number=number,
        begun=at,
        strategy=strategy,
        groups=(ordered,) if strategy == "all-at-once" else tuple((region,) for region in ordered),
        steps={"canary": steps, "shadow": (*steps, *WHOLE)}.get(strategy, WHOLE),
        target=PackedPlan.of(target),
        copied_steps=copied,
        surge=asked.surge,
        running={
            name: count
            for name, count in (running or {}).items()
            if name in ordered and count > stable.region(name).min_replicas
        },
    )
    return _entered(made, stable, target)


def following(progress: Progress, stable: Plan, target: Plan) -> Progress | None:
    """The move after this one; None when the rollout is over."""
    match progress.phase:
        case "drain" if progress.step:
            return progress.at("grow", progress.step)
        case "drain":
            return progress.at("prepare")
        case "prepare" | "grow":
            return progress.at("shift", progress.step)
        case "shift" if progress.step + 1 < len(progress.steps):
            return _stepped(progress.at("shift", progress.step + 1), stable, target)
        case "shift":
            return progress.at("promote")
        case "promote":
            return progress.at("retire")
        case "withdraw":
            return progress.at("remove")
        case "retire" if progress.group + 1 < len(progress.groups):
            moved = progress.moved
            moved = _without(moved, progress.regions) if progress.back else (*moved, *progress.regions)
            ahead = progress.model_copy(update={"group": progress.group + 1, "moved": moved})
            return _entered(ahead, stable, target)
        case "remove" if progress.moved:
            return _returning(progress, stable, target)
        case _:
            return None


def turned_back(progress: Progress, reason: str, stable: Plan, target: Plan) -> Progress:
    """The first move back, from wherever it is: the group's traffic first, then the groups before it."""
    back = {"judged": False, "paused": False, "reason": reason}
    if progress.back:
        return progress.model_copy(update=back)
    if progress.phase == "retire":
        # The old replicas may be gone: this group goes back as those before it.
        moved = (*progress.moved, *progress.regions)
        return _returning(progress.model_copy(update={**back, "moved": moved}), stable, target)
    return progress.model_copy(update={**back, "phase": "withdraw", "step": 0})


def moves(progress: Progress, stable: Plan, target: Plan) -> Iterator[Progress]:
    """This one and all that follow, when nothing goes wrong."""
    at: Progress | None = progress
    while at is not None:
        yield at
        at = following(at, stable, target)


def _entered(progress: Progress, stable: Plan, target: Plan) -> Progress:
    """A group's first move."""
    first = progress.at("prepare")
    return first.at("drain") if _makes_room(first, stable, target) else first


def _stepped(ahead: Progress, stable: Plan, target: Plan) -> Progress:
    """The first move of a later step: what it takes to have its replicas there before its traffic."""
    phase: Phase = "shift"
    if _makes_room(ahead, stable, target):
        phase = "drain"
    elif grows(ahead, stable, target):
        phase = "grow"
    return ahead.at(phase, ahead.step)


def _makes_room(progress: Progress, stable: Plan, target: Plan) -> bool:
    return any(lost > 0 for lost in room(progress, stable, target).values())


def _returning(progress: Progress, stable: Plan, target: Plan) -> Progress:
    """The regions that are the new version's already go back, the last one first."""
    turned = progress.model_copy(
        update={
            "groups": tuple((region,) for region in reversed(progress.moved)),
            "group": 0,
            "steps": WHOLE,
            "copied_steps": 0,
            "judged": False,
            "back": True,
        }
    )
    return _entered(turned, stable, target)


def _ordered(regions: Collection[str], order: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*(name for name in order if name in regions), *regions]))


def _without(names: Sequence[str], gone: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)
