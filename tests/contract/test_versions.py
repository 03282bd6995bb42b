"""Two versions of a region in a cloud: how many instances each has, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from tests.contract.composed import Composed
from tests.contract.world import World

from llmdeploy.infra.runner.result import RunResult

pytestmark = [pytest.mark.engine, pytest.mark.slow]

CASE: dict[str, Any] = {
    "base": {
        "name": "chat",
        "model": "Qwen/Qwen2.5-7B-Instruct",
        "framework": "vllm",
        "quantization": "fp8",
        "hardware": {"gpu": "l4", "count": 1},
        "scaling": {"min": 3, "max": 6},
        "regions": ["gcp/us-central1"],
    },
    "change": {"framework": {"name": "vllm", "version": "0.31.0"}},
    "region": "gcp/us-central1",
}
REGION = "gcp/us-central1"
PROMOTED = {"own": "new", "beside": {"role": "former"}}
BLUE, GREEN = "gcp-us-central1-pool-group", "gcp-us-central1-pool-green-group"


def test_the_former_version_keeps_its_instances_until_it_is_retired(world: World) -> None:
    plans = Composed(world, CASE)
    world.up(plans.base)
    sizes, told = [], []
    for state in (
        _canary(0, 1),
        _canary(25, 2),
        {"own": "new", "beside": {"role": "former"}},
        {"own": "new"},
    ):
        outputs = world.up(plans.plan(state)).outputs
        sizes.append(_sizes(world))
        told.append(_told(outputs))
        _check_told(world, outputs)
    assert sizes == [(3, 1), (3, 2), (3, 3), (0, 3)]
    old, new = plans.base.revision_in(plans.old), plans.base.revision_in(plans.new)
    assert old != new
    assert told == [(BLUE, new, GREEN), (BLUE, new, GREEN), (GREEN, old, BLUE), (GREEN, None, None)]


def test_where_no_gpu_is_spare_the_old_instances_go_first(world: World) -> None:
    plans = Composed(world, CASE)
    world.up(plans.base)
    world.up(plans.plan({"replicas": 0}))
    assert _sizes(world) == (0, 0)
    world.up(plans.plan({"replicas": 0, **_canary(100, 3)}))
    assert _sizes(world) == (0, 3)
    world.up(plans.base)
    assert _sizes(world) == (3, 0)


def test_the_zones_of_each_versions_group_are_pinned(world: World) -> None:
    """A group cannot change them: it would be replaced."""
    plans = Composed(world, {**CASE, "change": {"hardware": {"gpu": "a100-40gb"}}})
    world.up(plans.base)
    world.up(plans.plan(_canary(50, 1)))
    assert world.pins.network_zones == {REGION: _zones(world, BLUE), f"{REGION} green": _zones(world, GREEN)}
    assert _zones(world, BLUE) != _zones(world, GREEN)
    assert not _replaced(world.preview(plans.plan(PROMOTED)))
    world.up(plans.plan({"own": "new"}))
    assert world.pins.network_zones == {f"{REGION} green": _zones(world, GREEN)}


def _canary(percent: int, replicas: int) -> dict[str, Any]:
    return {"beside": {"role": "canary", "percent": percent, "replicas": replicas}}


def _zones(world: World, group: str) -> tuple[str, ...]:
    return tuple(world.clouds.find(f"RegionInstanceGroupManager:{group}").inputs["distributionPolicyZones"])


def _replaced(result: RunResult) -> list[str]:
    return [step.name for step in result.steps if step.op == "replace"]


def _sizes(world: World) -> tuple[int, int]:
    """Instances that run in the slots blue and green."""
    numbers = {record.name: record.number for record in world.clouds.resources()}
    blue, green = (
        len(world.clouds.instances(world.clouds.find(f"RegionInstanceGroupManager:{name}")))
        if name in numbers
        else 0
        for name in (BLUE, GREEN)
    )
    return blue, green


def _told(outputs: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    """The own version's group; the revision and the group of the one beside it."""
    found = outputs["regions"][REGION]
    beside = found.get("beside")
    return (
        _logical(found["groups"]),
        beside["revision"] if beside else None,
        _logical(beside["groups"]) if beside else None,
    )


def _check_told(world: World, outputs: Mapping[str, Any]) -> None:
    found = outputs["regions"][REGION]
    for version in [found, *([found["beside"]] if "beside" in found else [])]:
        assert version["project"] == "simulated-project"
        slot = "-green" if _logical(version["groups"]) == GREEN else ""
        service = world.clouds.find(f"RegionBackendService:gcp-us-central1-fleet{slot}-backend")
        assert version["backend"] == service.outputs["name"]
        assert version["gateway_group"] == found["gateway_group"]
        assert version["bucket"] == found["bucket"]


def _logical(groups: list[str]) -> str:
    """Pulumi's own ending taken off."""
    (group,) = groups
    return group.rpartition("-")[0]
