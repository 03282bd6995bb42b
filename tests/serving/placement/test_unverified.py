"""Hardware whose figures no source confirms is chosen only where everything sure is much dearer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan

MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
UNSURE, SURE = "g7e.2xlarge", "g6e.12xlarge"
SPEC = """\
name: chat
model: {id: meta-llama/Llama-3.3-70B-Instruct, context_length: 16384}
framework: vllm
quantization: fp8
regions: [aws/us-east-1]
"""


def plan_with(folder: Path, sure_usd: float) -> Plan:
    """The plan when the unsure hardware is had for 3 USD an hour."""
    rows = {UNSURE: {"on-demand": 3.0}, SURE: {"on-demand": sure_usd}}
    table = {
        "sources": [{"source": "a contract", "checked": "2026-11-24"}],
        "regions": {"us-east-1": rows},
    }
    (folder / "prices-aws.json").write_text(json.dumps(table))
    return build_plan(parse_spec(SPEC, "chat.yaml"), MACHINE, folder)


def test_a_little_dearer_and_sure_is_chosen_and_the_reason_says_so(tmp_path: Path) -> None:
    plan = plan_with(tmp_path, 3.7)
    hardware = plan.regions[0].hardware
    assert hardware is not None
    assert hardware.instance == SURE
    passed_over = hardware.runners_up[0]
    assert passed_over.instance == UNSURE
    assert passed_over.reason.startswith("fits, 19 % cheaper, but unverified: its TFLOPS are worked out")
    (decision,) = [one for one in plan.decisions if one.path == "aws/us-east-1.hardware"]
    assert decision.reason == "the cheapest that fits, of those whose figures a source confirms"
    assert not any("not wholly confirmed" in warning for warning in plan.warnings)


@pytest.mark.parametrize("sure_usd", [2.9, 3.8])
def test_else_the_cheapest_is_chosen_and_unsure_figures_are_a_warning(
    tmp_path: Path, sure_usd: float
) -> None:
    plan = plan_with(tmp_path, sure_usd)
    hardware = plan.regions[0].hardware
    assert hardware is not None
    assert hardware.instance == (SURE if sure_usd < 3 else UNSURE)
    warned = any("rtx-pro-6000 is not wholly confirmed" in warning for warning in plan.warnings)
    assert warned == (hardware.instance == UNSURE)
