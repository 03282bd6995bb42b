"""A case is a spec, and beside it where its replicas are placed and why the next best lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import RegionPlan

HERE = Path(__file__).parent
MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
CASES = sorted(HERE.glob("cases/*.yaml"))


@pytest.mark.parametrize("spec", CASES, ids=lambda path: path.stem)
def test_placement(spec: Path) -> None:
    plan = build_plan(load_spec(spec), MACHINE)
    assert "".join(shown(region) for region in plan.regions) == spec.with_suffix(".txt").read_text()


def shown(region: RegionPlan) -> str:
    hardware = region.hardware
    assert hardware is not None
    chosen = (
        f"{region.name}: {hardware.instance}, {hardware.gpus} × {hardware.gpu}, {hardware.purchase}, "
        f"{hardware.hourly_usd:.3f} USD/h, {region.min_replicas} to {region.max_replicas} replicas"
    )
    lines = [
        chosen,
        *(f"  not {one.instance}: {one.reason}" for one in hardware.runners_up[:2]),
    ]
    return "\n".join(lines) + "\n"


def test_there_are_cases() -> None:
    assert CASES


def test_a_plan_is_as_data_what_it_was() -> None:
    plan = build_plan(load_spec(CASES[0]), MACHINE)
    assert type(plan).model_validate_json(plan.model_dump_json()) == plan


@pytest.mark.parametrize("spec", CASES, ids=lambda path: path.stem)
def test_the_cache_fills_what_weights_and_overhead_leave(spec: Path) -> None:
    for region in build_plan(load_spec(spec), MACHINE).regions:
        assert region.hardware is not None
        memory = region.hardware.memory
        assert 0 < memory.kv_gib < memory.total_gib - memory.weights_gib - memory.overhead_gib
        assert memory.full_contexts >= 1
        assert region.server.launch is not None
        assert region.hardware.gpus <= region.hardware.instance_gpus
