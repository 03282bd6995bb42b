"""The same graphs through the real engine, against the simulated cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra.conftest import world as simulated_world
from tests.infra.simulate.world import STACK, World
from tests.modules.gcp.golden import CASES
from tests.modules.gcp.program import CANARIES, deploy, plan_of
from tests.modules.gcp.recorder import PROJECT

from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.runner import Runner

pytestmark = pytest.mark.engine

world = simulated_world


@pytest.fixture
def runner(world: World) -> Iterator[Runner]:
    world.clouds.set("project", PROJECT)
    with world.runner() as runner:
        yield runner


@pytest.mark.parametrize("case", ["spot-h100", pytest.param("three-regions", marks=pytest.mark.slow)])
def test_a_deployment_lives_and_leaves_nothing(world: World, runner: Runner, case: str) -> None:
    plan = plan_of(CASES / f"{case}.yaml")
    foreseen = runner.preview(STACK, lambda: deploy(plan))
    made = runner.up(STACK, lambda: deploy(plan))
    assert foreseen.counts == made.counts

    again = runner.up(STACK, lambda: deploy(plan), refresh=True)
    assert (again.counts.same, again.steps, again.drift) == (made.counts.create, (), ())

    state = world.state()
    assert [canary for canary in CANARIES.values() if canary.strip().splitlines()[-1] in state] == []
    assert "canary" not in state

    runner.destroy(STACK)
    assert not world.clouds.resources()
    assert not world.clouds.instances()


@pytest.mark.slow
def test_changes_do_to_the_fleet_what_they_must(runner: Runner, tmp_path: Path) -> None:
    spec = (CASES / "one-region.yaml").read_text("utf-8")
    _up(runner, tmp_path, spec)

    budget = _up(runner, tmp_path, f"{spec}budget: {{hourly_usd: 50}}\n")
    assert {step.op for step in budget.steps} == {"update"}
    assert not _named(budget, "template", "group", "backend")

    grown = _up(runner, tmp_path, f"{spec}scaling: 2\n")
    assert _ops(grown, "gcp-us-central1-pool-group") == {"update"}
    assert not _named(grown, "template")

    other = _up(runner, tmp_path, spec.replace("fp8", "none"))
    assert "replace" in _ops(other, "gcp-us-central1-pool-template")
    assert _ops(other, "gcp-us-central1-pool-group") == {"update"}
    assert not _ops(other, "gcp-us-central1-gateway-template")


def _up(runner: Runner, folder: Path, spec: str) -> RunResult:
    file = folder / "spec.yaml"
    file.write_text(spec, "utf-8")
    plan = plan_of(file)
    return runner.up(STACK, lambda: deploy(plan))


def _ops(result: RunResult, name: str) -> set[str]:
    return {step.op for step in result.steps if step.name == name}


def _named(result: RunResult, *endings: str) -> list[str]:
    return [step.name for step in result.steps if step.name.endswith(endings)]
