"""What each spec becomes: its resources by name, all of them safe, and no secret where it can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contract.graph import SPECS, golden, graph
from tests.contract.security import canaries, identity, network, storage
from tests.contract.security.held import Held
from tests.contract.world import World

pytestmark = pytest.mark.engine


FEW = {"aws-smallest", "gcp-smallest", "azure-overflow"}
"""Those that every run of the tests looks at."""


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(spec, id=spec.stem, marks=() if spec.stem in FEW else pytest.mark.slow)
        for spec in sorted(SPECS.glob("*.yaml"))
    ],
)
def test_a_graph(spec: Path, world: World) -> None:
    plan = world.plan(spec.read_text("utf-8"))
    made = world.up(plan)
    assert graph(made.steps) == golden(spec).read_text("utf-8")

    held = Held(world.clouds.resources())
    world.events.append(plan.model_dump_json())
    unsafe = [*network.problems(held), *identity.problems(held), *storage.problems(held)]
    assert unsafe == []
    assert {"hub token", "passphrase"} < set(canaries.canaries(held)) or plan.gateway.auth == "none"
    assert [*canaries.problems(world, held)] == []
