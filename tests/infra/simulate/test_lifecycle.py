"""The simulated clouds under the real engine: everything that a stack goes through in its life."""

from __future__ import annotations

from typing import Any

import pytest
from tests.infra.simulate.programs import aws as declare_aws
from tests.infra.simulate.programs import aws_program, gcp, gcp_program
from tests.infra.simulate.world import STACK, World

from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.simulate.drift import drifted
from llmdeploy.infra.simulate.references.resolve import Resolver
from llmdeploy.infra.simulate.store import Store
from llmdeploy.infra.simulate.topology import topology

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_a_stack_in_both_clouds_lives_and_leaves_nothing(world: World) -> None:
    def both() -> None:
        declare_aws({})
        gcp({})

    with world.runner() as runner:
        foreseen = runner.preview(STACK, both)
        assert not world.clouds.resources()
        made = runner.up(STACK, both)
        assert foreseen.counts == made.counts
        assert made.counts.create > 50

        again = runner.up(STACK, both, refresh=True)
        assert (again.counts.same, again.steps, again.drift) == (made.counts.create, (), ())

        found = topology(world.clouds)
        assert {group.record.package: len(group.instances) for group in found.groups} == {
            "aws": 2,
            "gcp": 2,
        }
        assert all(front.groups for front in found.fronts)
        assert found.accelerators[0].endpoints["us-east-1"][0].endswith(_front_name(world))
        state = world.state()
        assert "canary" not in state
        assert "BEGIN PRIVATE KEY" not in state

        assert _dangling_that_pass(world) == []

        runner.destroy(STACK)
        assert not world.clouds.resources()
        assert not world.clouds.instances()


def test_each_change_updates_or_replaces_what_the_cloud_would(world: World) -> None:
    with world.runner() as runner:
        runner.up(STACK, aws_program())

        assert _changed(runner, grace=1200) == {"Group:fleet": ("update", ["healthCheckGracePeriod"])}

        template = _changed(runner, grace=1200, user_data="#!/bin/sh\necho again\n")
        assert template["LaunchTemplate:node"] == ("update", ["userData"])
        assert template["Group:fleet"] == ("update", ["launchTemplate.version"])
        assert runner.outputs(STACK)["version"] == 2

        moved = _changed(runner, grace=1200, user_data="#!/bin/sh\necho again\n", region="us-east-2")
        assert {"Vpc:vpc", "Group:fleet", "LoadBalancer:front", "Bucket:weights"} <= {
            name for name, (op, _) in moved.items() if op == "replace"
        }
        left = {record.region for record in world.clouds.resources() if record.region}
        assert left == {"us-east-2"}


def test_what_changed_behind_its_back_is_found_and_mended(world: World) -> None:
    clouds = world.clouds
    with world.runner() as runner:
        runner.up(STACK, gcp_program())
        clouds.drift(clouds.find("BackendService:front"), {"timeoutSec": 30})
        clouds.delete(clouds.find("RecordSet:front"))

        seen = runner.preview(STACK, gcp_program(), refresh=True)
        assert {(step.name, step.gone) for step in seen.drift} == {("front", False), ("front", True)}
        assert {step.type.rpartition(":")[2]: step.op for step in seen.steps} == {
            "BackendService": "update",
            "RecordSet": "create",
        }
        runner.up(STACK, gcp_program(), refresh=True)
        assert clouds.find("BackendService:front").inputs["timeoutSec"] == 3600
        assert clouds.find("RecordSet:front")
        assert runner.up(STACK, gcp_program(), refresh=True).steps == ()


def _changed(runner: Runner, **settings: Any) -> dict[str, tuple[str, list[str]]]:
    """Type:name → what was done to it, and the properties that changed; preview and up agree."""
    program = aws_program(**settings)
    foreseen, done = _steps(runner.preview(STACK, program)), _steps(runner.up(STACK, program))
    assert foreseen.keys() == done.keys()
    return done


def _steps(result: RunResult) -> dict[str, tuple[str, list[str]]]:
    return {
        f"{step.type.rpartition(':')[2]}:{step.name}": (step.op, [change.path for change in step.changes])
        for step in result.steps
        if step.op in {"update", "replace"} and not step.replaced
    }


def _dangling_that_pass(world: World) -> list[str]:
    """References, each changed by one letter, that the cloud would still take."""
    store = Store(world.folder)
    passed, tried = [], 0
    for record in store.all():
        for reference in store.references(record.number):
            wrong = reference.value[:-1] + ("b" if reference.value[-1] != "b" else "c")
            dangling = drifted(record, {reference.path: wrong})
            resolved = Resolver(store).resolve(record.token, record.region, dangling.inputs)
            tried += 1
            if not resolved.missing:
                passed.append(f"{record.token} {reference.path} {wrong}")
    assert tried > 60
    return passed


def _front_name(world: World) -> str:
    return str(world.clouds.find("LoadBalancer:front").outputs["arnSuffix"])
