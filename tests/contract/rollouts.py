"""What each move of a rollout touches: files of a rollout from one spec to another, move by move.

    base     the spec that is up
    slots    where its regions' replicas are, by region; absent: in blue
    change   laid over the base: the spec that is rolled out
    rollout  the section `rollout` of the spec
    turn     the number of moves after which it goes back, instead of to the end
    moves    by what a user is told of the move, in order: `why`, what an engineer should say to the lines;
             and `touches`, all that the engine's preview has

`python -m tests.contract.rollouts FILE…` writes `moves` anew, with the reasons that were there: read what
differs before it is kept.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from tests.contract.steps import touched
from tests.contract.tables import changed, plan_of, read
from tests.contract.world import World, make_world

from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.change import changed_regions
from llmdeploy.serving.rollout.compose import composed
from llmdeploy.serving.rollout.moves import begun, following, turned_back
from llmdeploy.serving.rollout.progress import Progress
from llmdeploy.serving.rollout.standing import Standing
from llmdeploy.serving.spec.rollout import Rollout

ROLLOUTS = Path(__file__).parent / "rollouts"


class Move(NamedTuple):
    """A move in words, and what the stack is to be at it."""

    name: str
    plan: Plan


def base_of(world: World, case: Mapping[str, Any]) -> Plan:
    """What is up before the rollout."""
    return Standing(slots=case.get("slots", {})).applied(plan_of(world, case["base"]))


def moves_of(world: World, case: Mapping[str, Any]) -> Iterator[Move]:
    """The moves, in order."""
    stable, target = plan_of(world, case["base"]), plan_of(world, changed(case["base"], case["change"]))
    standing = Standing(slots=case.get("slots", {}))
    asked = Rollout.model_validate(case["rollout"])
    progress: Progress | None = begun(2, stable, target, changed_regions(stable, target), asked)
    left = case.get("turn")
    while progress is not None:
        yield Move(progress.describe(), composed(stable, target, progress, standing))
        if left is not None and (left := left - 1) == 0:
            progress = turned_back(progress, "asked", stable, target)
        else:
            progress = following(progress, stable, target)


def lines_of(world: World, plan: Plan) -> list[str]:
    """What a move to this plan would touch."""
    regions = [region.name for region in plan.regions]
    return list(touched(world.preview(plan), regions, regions))


def write(file: Path) -> None:
    """The table with what its moves touch now."""
    case = read(file)
    known = {move: told["why"] for move, told in case.get("moves", {}).items()}
    case["moves"] = {}
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder))
        with world.attached():
            world.up(base_of(world, case))
            for name, plan in moves_of(world, case):
                case["moves"][name] = {"why": known.get(name, ""), "touches": lines_of(world, plan)}
                world.up(plan)
    file.write_text(yaml.safe_dump(case, sort_keys=False, width=200, allow_unicode=True), "utf-8")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        write(Path(argument))
