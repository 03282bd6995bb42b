"""The same graphs through the real engine, against the simulated cloud."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra.conftest import world as simulated_world
from tests.infra.simulate.world import STACK, World
from tests.modules.aws.golden import CASES
from tests.modules.aws.program import deploy, plan_of

from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.runner import Runner

pytestmark = pytest.mark.engine

world = simulated_world


@pytest.fixture
def runner(world: World) -> Iterator[Runner]:
    world.clouds.set("hosted_zones", [{"id": "Z0EXAMPLE", "name": "example.com"}])
    with world.runner() as runner:
        yield runner


@pytest.mark.parametrize("case", ["domain"])
def test_a_deployment_lives_and_leaves_nothing(world: World, runner: Runner, case: str) -> None:
    plan = plan_of(CASES / f"{case}.yaml")
    foreseen = runner.preview(STACK, lambda: deploy(plan))
    made = runner.up(STACK, lambda: deploy(plan))
    assert foreseen.counts == made.counts

    again = runner.up(STACK, lambda: deploy(plan), refresh=True)
    assert (again.counts.same, again.steps, again.drift) == (made.counts.create, (), ())
    assert "canary" not in world.state()

    runner.destroy(STACK)
    assert not world.clouds.resources()
    assert not world.clouds.instances()


@pytest.mark.slow
def test_changes_do_to_the_fleet_what_they_must(runner: Runner, tmp_path: Path) -> None:
    spec = (CASES / "one-region.yaml").read_text("utf-8")
    _up(runner, tmp_path, spec)

    budget = _up(runner, tmp_path, f"{spec}budget: {{hourly_usd: 50}}\n")
    assert {step.op for step in budget.steps} == {"update"}

    grown = _up(runner, tmp_path, f"{spec}scaling: 2\n")
    assert _ops(grown, "aws-us-east-1-fleet", "Group") == {"update"}

    other = _up(runner, tmp_path, spec.replace("fp8", "none"))
    assert {step.op for step in other.steps} == {"update"}
    assert _ops(other, "aws-us-east-1-fleet", "LaunchTemplate") == {"update"}
    assert _ops(other, "aws-us-east-1-fleet", "Group") == {"update"}


def _up(runner: Runner, folder: Path, spec: str) -> RunResult:
    file = folder / "spec.yaml"
    file.write_text(spec, "utf-8")
    plan = plan_of(file)
    return runner.up(STACK, lambda: deploy(plan))


def _ops(result: RunResult, name: str, kind: str) -> set[str]:
    return {step.op for step in result.steps if step.name == name and step.type.endswith(f":{kind}")}
