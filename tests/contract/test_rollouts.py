"""A rollout touches at each move what it must, and nothing else."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest
from tests.contract.rollouts import ROLLOUTS, base_of, lines_of, moves_of
from tests.contract.steps import exact
from tests.contract.tables import read
from tests.contract.world import World

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("file", sorted(ROLLOUTS.glob("*.yaml")), ids=lambda file: file.stem)
def test_what_each_move_touches(file: Path, world: World) -> None:
    case = read(file)
    last = base_of(world, case)
    world.up(last)
    wrong, seen = list[str](), list[str]()
    for name, last in moves_of(world, case):
        seen.append(name)
        known, lines = case["moves"].get(name, {}), lines_of(world, last)
        wrong += unified_diff(known.get("touches", ()), lines, name, "the preview", "", "", 0, "")
        world.up(last)
    assert not wrong, "\n".join(wrong)
    assert seen == list(case["moves"])
    assert exact(world.up(last, refresh=True).steps) == []
