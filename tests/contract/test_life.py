"""The life of a deployment with every provider: previewed, up, unchanged, drifted, mended, changed, gone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.contract.steps import changing, exact
from tests.contract.tables import changed, plan_of, read
from tests.contract.world import World

pytestmark = pytest.mark.engine

LIVES = Path(__file__).parent / "lives"


@pytest.mark.parametrize(
    "life", ["local", *(pytest.param(each, marks=pytest.mark.slow) for each in ("aws", "gcp", "both"))]
)
def test_a_life(life: str, world: World) -> None:
    case = read(LIVES / f"{life}.yaml")
    first, second = plan_of(world, case["spec"]), plan_of(world, changed(case["spec"], case["change"]))

    previewed = world.preview(first)
    assert not world.clouds.resources()
    assert exact(world.up(first).steps) == exact(previewed.steps) != []
    assert exact(world.up(first, refresh=True).steps) == []

    for name, how in case["drift"].items():
        _drift(world, name, how)
    found = world.refresh()
    assert {step.name for step in found.drift} == {name.rpartition(":")[2] for name in case["drift"]}
    assert {step.name for step in found.drift if step.gone} == _deleted(case["drift"])
    mended = world.up(first, refresh=True)
    assert {step.name for step in changing(mended.steps)} >= {
        name.rpartition(":")[2] for name in case["drift"]
    }
    assert exact(world.up(first, refresh=True).steps) == []

    previewed = world.preview(second)
    assert exact(world.up(second).steps) == exact(previewed.steps) != []

    world.destroy()
    assert world.clouds.resources() == []
    assert not world.run_dir.exists()
    # The simulated clouds themselves are served by one.
    assert [
        each for each in world.processes() if "llmdeploy.infra.simulate.serve" not in each.cmdline()
    ] == []


def _drift(world: World, name: str, how: Mapping[str, Any]) -> None:
    if "file" in how:
        (world.run_dir / how["file"]).write_text("resources: []\n")
    elif how.get("deleted"):
        world.clouds.delete(world.clouds.find(name))
    else:
        world.clouds.drift(world.clouds.find(name), how["set"])


def _deleted(drift: Mapping[str, Mapping[str, Any]]) -> set[str]:
    return {name.rpartition(":")[2] for name, how in drift.items() if how.get("deleted")}
