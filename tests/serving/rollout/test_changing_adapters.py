"""Adapters that replicas load while they run are no reason for a rollout; more room for them is one."""

from __future__ import annotations

import pytest

from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.change import changed_regions

WITH_VLLM = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="/opt/vllm/bin/python", smollm2="cached")
WHERE = {
    "aws/us-east-1": "hardware: {gpu: l4, count: 1}",
    "gcp/europe-west4": "hardware: {gpu: l4, count: 1}",
    "local/a": "hardware: {gpu: none}",
}


def plan(region: str, adapters: str, runtime: str = "true") -> Plan:
    model = f"{{id: Qwen/Qwen2.5-7B-Instruct, runtime_adapters: {runtime}, adapters: [{adapters}]}}"
    text = f"name: chat\nmodel: {model}\nframework: vllm\n{WHERE[region]}\nregions: [{region}]\n"
    return build_plan(parse_spec(text, "chat.yaml"), WITH_VLLM)


@pytest.mark.parametrize("region", WHERE)
@pytest.mark.parametrize(
    ("runtime", "other", "rolled_out"),
    [
        ("true", "{name: b, source: x/b}", False),
        ("true", "{name: a, source: x/a}, {name: b, source: x/b}", False),
        ("true", "{name: a, source: x/a, rank: 64}", True),
        ("false", "{name: b, source: x/b}", True),
    ],
)
def test_what_of_adapters_is_rolled_out(region: str, runtime: str, other: str, rolled_out: bool) -> None:
    before, after = plan(region, "{name: a, source: x/a}", runtime), plan(region, other, runtime)
    assert changed_regions(before, after) == ((region,) if rolled_out else ())
