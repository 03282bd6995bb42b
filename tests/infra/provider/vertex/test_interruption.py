"""An `up` that ends while Google deploys: the next one waits on for it, `destroy` ends it."""

from __future__ import annotations

import pytest
from tests.infra.provider.interruptions import End, for_good, interrupted, politely
from tests.infra.provider.vertex.program import program
from tests.infra.provider.vertex.world import deployments, endpoints, split, under_way
from tests.infra.simulate.world import STACK, World
from tests.processes import processes_of

from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.store import Store

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SLOW_S = 4.0
MODULE = "tests.infra.provider.vertex.interrupted"
SLOW = Fault("slow", type="VertexDeployment", seconds=SLOW_S, times=0)


def operations(world: World) -> int:
    """How often Google was asked to deploy."""
    store = Store(world.folder)
    try:
        return sum(each["kind"] == "DeployModel" for each in store.operations().values())
    finally:
        store.close()


@pytest.mark.parametrize("end", [politely, for_good])
def test_the_next_up_waits_on_for_what_was_begun(world: World, end: End) -> None:
    interrupted(world, MODULE, SLOW, end)
    assert under_way(world) == ["DeployModel"]
    assert deployments(world) == []
    with world.runner() as runner:
        runner.up(STACK, program(), refresh=True)
        assert operations(world) == 1
        assert split(world) == {runner.outputs(STACK)["deployed"]: 100}
        assert runner.up(STACK, program(), refresh=True).steps == ()
        runner.destroy(STACK)
    assert world.clouds.resources() == []


def test_what_was_interrupted_is_kept_in_the_state_with_the_name_of_its_operation(world: World) -> None:
    interrupted(world, MODULE, SLOW, politely)
    store = Store(world.folder)
    [name] = [name for name, each in store.operations().items() if each["kind"] == "DeployModel"]
    store.close()
    assert f'"operation":"{name}"' in world.state()
    assert '"status":"deploying"' in world.state()


@pytest.mark.parametrize("end", [politely, for_good])
def test_destroy_ends_what_was_begun(world: World, end: End) -> None:
    interrupted(world, MODULE, SLOW, end)
    with world.runner() as runner:
        runner.destroy(STACK)
    assert world.clouds.resources() == []
    assert under_way(world) == []
    assert endpoints(world) == []
    assert not [each for each in processes_of(world.home.root) if "pulumi" in each.name()]
