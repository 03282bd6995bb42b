"""A case is a spec, with the plan or the errors it must give beside it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan

HERE = Path(__file__).parent
LAPTOP = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
MACHINES = {
    "laptop": LAPTOP,
    "offline": replace(LAPTOP, smollm2="missing"),
    "with-vllm": replace(LAPTOP, vllm_python="/opt/vllm/bin/python"),
    "workstation": replace(LAPTOP, gpus=1),
}
"""The machine of a case is the last word of its name: `two-regions.offline.yaml`."""


def plan_of(spec: Path) -> Plan:
    machine = MACHINES[spec.stem.rpartition(".")[2]]
    environment = "dev" if "environments:" in spec.read_text() else None
    return build_plan(load_spec(spec, environment), machine)


@pytest.mark.parametrize("spec", sorted(HERE.glob("cases/*.yaml")), ids=lambda path: path.stem)
def test_plan(spec: Path) -> None:
    shown = plan_of(spec).model_dump_json().replace(str(spec.parent), "SPEC_FOLDER")
    assert json.loads(shown) == json.loads(spec.with_suffix(".json").read_text())


@pytest.mark.parametrize("spec", sorted(HERE.glob("refused/*.yaml")), ids=lambda path: path.stem)
def test_refusal(spec: Path) -> None:
    with pytest.raises(SpecErrors) as refused:
        plan_of(spec)
    shown = str(refused.value).replace(str(spec), spec.name)
    assert shown + "\n" == spec.with_suffix(".errors").read_text()


def test_every_case_gives_reasons_for_what_it_derives() -> None:
    for spec in HERE.glob("cases/*.yaml"):
        for decision in plan_of(spec).decisions:
            assert decision.reason
            assert decision.value


def test_same_spec_same_plan() -> None:
    spec = HERE / "cases/two-regions.laptop.yaml"
    assert plan_of(spec) == plan_of(spec)
