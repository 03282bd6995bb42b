"""Regions that change hands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from llmdeploy.cli.rollouts.intent import intent_of
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.change import changed_regions
from llmdeploy.serving.rollout.record import Record
from llmdeploy.serving.rollout.switch import criteria_between, switched_regions
from llmdeploy.serving.spec.rollout import Rollout

MACHINE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")
SPEC = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
"""
Make = Callable[[str], Plan]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def plan(lines: str) -> Plan:
        spec = tmp_path / "chat.yaml"
        spec.write_text(SPEC + lines)
        return build_plan(load_spec(str(spec)), MACHINE)

    return plan


REGIONS = "regions: [aws/us-east-1, gcp/europe-west4]\n"
ONE = "regions: [{name: aws/us-east-1, variant: managed}, gcp/europe-west4]\n"


def test_each_region_that_another_runs_is_switched(make: Make) -> None:
    own, managed = make(REGIONS), make(f"{REGIONS}variant: managed\n")
    every = ("aws/us-east-1", "gcp/europe-west4")
    assert switched_regions(own, managed) == switched_regions(managed, own) == every
    assert switched_regions(own, make(ONE)) == changed_regions(own, make(ONE)) == ("aws/us-east-1",)
    assert switched_regions(managed, managed) == ()


def test_an_endpoint_that_may_sleep_is_another_than_one_that_never_does(make: Make) -> None:
    awake, asleep = make(ONE), make(ONE.replace("managed}", "managed, scaling: {min: 0}}"))
    assert switched_regions(awake, asleep) == switched_regions(asleep, awake) == ("aws/us-east-1",)
    more = make(ONE.replace("managed}", "managed, scaling: {min: 0, max: 3}}"))
    assert switched_regions(asleep, more) == ()


def test_up_rolls_a_switch_out_though_nobody_asked_for_a_rollout(make: Make) -> None:
    own, managed = make(REGIONS), make(f"{REGIONS}variant: managed\n")
    outputs = {"record": Record().brought(own, {}).told()}
    intent = intent_of(managed, None, outputs)
    assert intent.rolled == ("aws/us-east-1", "gcp/europe-west4")
    assert {region.name: region.slot for region in intent.plan.regions} == {
        "aws/us-east-1": "green",
        "gcp/europe-west4": "green",
    }
    assert "Rolled out by blue-green" in intent.told()[0]


def test_another_change_without_a_rollout_section_stays_an_ordinary_update(make: Make) -> None:
    own = make(REGIONS)
    outputs = {"record": Record().brought(own, {}).told()}
    changed = intent_of(make(f"{REGIONS}hardware: {{gpu: l4, count: 2}}\n"), None, outputs)
    assert (changed.rolled, changed.told()) == ((), ())


def test_the_spec_says_how_where_it_does(make: Make) -> None:
    own, managed = make(REGIONS), make(f"{REGIONS}variant: managed\n")
    outputs = {"record": Record().brought(own, {}).told()}
    asked = Rollout(strategy="canary", steps=(10, 100))
    assert intent_of(managed, asked, outputs).asked == asked


def test_a_switch_that_nobody_watches_goes_on(make: Make) -> None:
    own, managed = make(REGIONS), make(f"{REGIONS}variant: managed\n")
    assert criteria_between(None, own, managed).unjudged == "pass"
    assert criteria_between(None, own, own).unjudged == "fail"
    told_by_minutes = criteria_between(None, own, managed, by_minutes=True)
    assert (told_by_minutes.unjudged, told_by_minutes.bake) == ("pass", 600.0)
    asked = criteria_between(Rollout.model_validate({"bake": "1m"}), own, managed)
    assert (asked.unjudged, asked.bake) == ("fail", 60.0)
