"""Steered traffic: the same change of routes as by an update of everything, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.composed import Composed
from tests.contract.steps import changing, exact
from tests.contract.world import World

pytestmark = pytest.mark.engine

STATES: dict[str, dict[str, Any]] = {
    "5 %": {"beside": {"role": "canary", "percent": 5}},
    "25 %": {"beside": {"role": "canary", "percent": 25}},
}


@pytest.mark.parametrize("region", ["aws/us-east-1", "gcp/europe-west4"])
def test_a_shift_is_steered(region: str, world: World) -> None:
    case = {
        "region": region,
        "base": {
            "name": "chat",
            "model": "Qwen/Qwen2.5-7B-Instruct",
            "framework": "vllm",
            "quantization": "fp8",
            "regions": ["aws/us-east-1", "gcp/europe-west4"],
            "routing": {"domain": "chat.example.com"},
        },
        "change": {"framework": {"name": "vllm", "version": "0.31.0"}},
    }
    plans = Composed(world, case)
    before, after = plans.plan(STATES["5 %"]), plans.plan(STATES["25 %"])
    world.up(before)
    foreseen = world.preview(after)
    told, state = world.outputs(), world.resources()

    steered = world.steer(after, [region])
    assert exact(steered.steps) == exact(foreseen.steps)
    assert {step.name.rpartition("gateway-")[2] for step in changing(steered.steps)} == {
        "files",
        f"routes.{region.replace('/', '-')}.yaml",
    }
    assert world.outputs() == told
    assert world.resources() == state
    assert exact(world.up(after, refresh=True).steps) == []
    world.destroy()
    assert world.clouds.resources() == []


def test_what_else_a_plan_changes_waits_for_the_next_update_of_everything(world: World) -> None:
    case = {
        "region": "aws/us-east-1",
        "base": {
            "name": "chat",
            "model": "Qwen/Qwen2.5-7B-Instruct",
            "framework": "vllm",
            "quantization": "fp8",
            "scaling": {"min": 1, "max": 2},
            "regions": ["aws/us-east-1"],
            "routing": {"domain": "chat.example.com"},
        },
        "change": {"framework": {"name": "vllm", "version": "0.31.0"}},
    }
    plans = Composed(world, case)
    world.up(plans.plan({"own": "new", "beside": {"role": "former"}}))
    back = plans.plan({"beside": {"role": "canary", "percent": 0}})
    steered = {step.name for step in changing(world.steer(back, ["aws/us-east-1"]).steps)}
    assert "aws-us-east-1-gateway-routes.aws-us-east-1.yaml" in steered
    assert all("-gateway-" in name for name in steered)
    left = {step.name for step in changing(world.up(back).steps)}
    assert {"aws-us-east-1-load", "aws-us-east-1-load-green"} <= left
    assert not {name for name in left if "-gateway-" in name}
