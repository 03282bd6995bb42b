"""Steered traffic: the same change of routes as by an update of everything, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from tests.contract.composed import Composed
from tests.contract.steps import changing, exact
from tests.contract.world import World

from llmdeploy.stacks.steering import LISTINGS, steered

pytestmark = [pytest.mark.engine, pytest.mark.slow]

STATES: dict[str, dict[str, Any]] = {
    "5 %": {"beside": {"role": "canary", "percent": 5}},
    "25 %": {"beside": {"role": "canary", "percent": 25}},
}


OPEN = ("aws/us-east-1", "gcp/europe-west4")
"""Those with gateways."""


@pytest.mark.parametrize("region", [*OPEN, "azure/eastus2"])
def test_a_shift_is_steered(region: str, world: World) -> None:
    asking = [region] if region in OPEN else OPEN
    case = {
        "region": region,
        "base": {
            "name": "chat",
            "model": "Qwen/Qwen2.5-7B-Instruct",
            "framework": "vllm",
            "quantization": "fp8",
            "regions": [*OPEN, {"name": "azure/eastus2", "variant": "managed"}],
            "routing": {"domain": "chat.example.com", "policy": "weighted"},
        },
        "change": {"framework": {"name": "vllm", "version": "0.31.0"}},
    }
    plans = Composed(world, case)
    before, after = plans.plan(STATES["5 %"]), plans.plan(STATES["25 %"])
    world.up(before)
    foreseen = world.preview(after)
    told, state = world.outputs(), world.resources()

    made = world.steer(after, [region])
    assert exact(made.steps) == exact(foreseen.steps)
    assert {step.name.rpartition("gateway-")[2] for step in changing(made.steps)} == {
        "files",
        *(f"routes.{each.replace('/', '-')}.yaml" for each in asking),
    }
    now = world.outputs()
    assert {**now, LISTINGS: told[LISTINGS]} == told
    assert world.resources() == state
    assert exact(world.up(after, refresh=True).steps) == []
    assert world.outputs() == now
    world.destroy()
    assert world.clouds.resources() == []


def test_where_there_are_to_be_other_files_everything_is_updated(world: World) -> None:
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
    assert steered(back, ["aws/us-east-1"], world.outputs()) is None
    world.up(back)
    world.steer(plans.plan(STATES["25 %"]), ["aws/us-east-1"])
    world.destroy()
    assert world.clouds.resources() == []
