"""A change of the spec touches what it must, and nothing else."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path

import pytest
from tests.contract.steps import exact
from tests.contract.tables import TABLES, changed, plan_of, previews, read
from tests.contract.world import World

pytestmark = [pytest.mark.engine, pytest.mark.slow]


@pytest.mark.timeout(900)
@pytest.mark.parametrize("file", sorted(TABLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_what_a_change_touches(file: Path, world: World) -> None:
    table = read(file)
    world.up(plan_of(world, table["base"]))
    wrong = [
        line
        for name, lines in previews(world, table)
        for line in unified_diff(table["changes"][name]["touches"], lines, name, "the preview", "", "", 0, "")
    ]
    assert not wrong, "\n".join(wrong)

    last = plan_of(world, changed(table["base"], list(table["changes"].values())[-1]["set"]))
    previewed = world.preview(last)
    assert exact(world.up(last).steps) == exact(previewed.steps) != []
