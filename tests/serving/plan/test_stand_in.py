"""What stands in for a version of a cloud region on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.serving.plan.stand_in import stand_in

MACHINE = Machine(cpus=8, memory_gib=8, gpus=0, vllm_python="", smollm2="cached")
BARE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    spec = tmp_path / "chat.yaml"
    spec.write_text(
        "name: chat\n"
        "model: {id: Qwen/Qwen2.5-7B-Instruct, served_name: chat, revision: a09a35458c70}\n"
        "framework: vllm\n"
        "quantization: fp8\n"
        "regions: [aws/us-east-1, gcp/europe-west4]\n"
    )
    return build_plan(load_spec(spec, None), MACHINE)


def option(plan: Plan, version: RegionPlan, name: str, machine: Machine = MACHINE) -> str:
    command = stand_in(plan, version, machine).command
    return command[command.index(name) + 1]


def test_it_is_a_small_server_that_says_what_it_stands_for(plan: Plan) -> None:
    version = plan.regions[0]
    assert option(plan, version, "--served-model-name") == "chat"
    assert option(plan, version, "--context-length") == "2048"
    assert option(plan, version, "--threads") == "2"
    assert stand_in(plan, version, MACHINE).weights == "smollm2"
    assert stand_in(plan, version, BARE).weights == "random"
    assert option(plan, version, "--threads", BARE) == "1"
    told = "vllm → llama.cpp on this machine (no GPU)"
    assert stand_in(plan, version, MACHINE).substitution == told


def test_another_model_in_the_middle_of_a_rollout_is_the_versions_own(plan: Plan) -> None:
    other = plan.model.model_copy(update={"served_name": "chat-2", "context_length": 512})
    version = plan.regions[0].model_copy(update={"model": other, "slot": "green"})
    assert option(plan, version, "--served-model-name") == "chat-2"
    assert option(plan, version, "--context-length") == "512"


def test_it_is_the_same_at_every_size_and_beside_any_other_version(plan: Plan) -> None:
    """A replica whose command changes is started anew."""
    version = plan.regions[0]
    smaller = version.model_copy(update={"min_replicas": 0, "max_replicas": 0, "slot": "green"})
    assert stand_in(plan, smaller, MACHINE) == stand_in(plan, version, MACHINE)
