"""Bills: what they add up to, how they follow the spec, and where self-hosting meets an API."""

from __future__ import annotations

import pytest

from llmdeploy.serving.cost.alternatives import api_costs, managed_costs
from llmdeploy.serving.cost.volume import VolumeCost, volume_cost
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.cost import CostPlan
from llmdeploy.serving.plan.model import Plan

MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
SPEC = """
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, context_length: 8192}
framework: vllm
quantization: fp8
hardware: {gpu: l4, count: 1}
regions: [aws/us-west-2]
"""


def plan_of(more: str = "") -> Plan:
    return build_plan(parse_spec(SPEC + more, "chat.yaml"), MACHINE)


def cost_of(more: str = "") -> CostPlan:
    cost = plan_of(more).cost
    assert cost is not None
    return cost


def test_the_instances_are_replicas_times_their_price() -> None:
    plan = plan_of("scaling: {min: 1, max: 5}\nworkload: {utilisation: 0.25}\n")
    assert plan.cost is not None
    hardware = plan.regions[0].hardware
    assert hardware is not None
    instances = plan.cost.rows[0]
    price = hardware.hourly_usd
    assert (instances.least_usd, instances.expected_usd, instances.most_usd) == pytest.approx(
        (price, 2 * price, 5 * price)
    )


def test_every_row_has_a_source_and_the_sum_is_of_all_rows() -> None:
    cost = cost_of()
    assert all(row.source for row in cost.rows)
    assert cost.most_usd == pytest.approx(sum(row.most_usd for row in cost.rows))
    assert {"Envoy", "Balancer", "internet"} <= {
        word for row in cost.rows for word in row.item.replace(",", "").split()
    }


def test_busier_replicas_make_cheaper_tokens() -> None:
    idle, busy = (cost_of(f"workload: {{utilisation: {share}}}\n") for share in (0.1, 0.9))
    assert busy.million_tokens_usd < idle.million_tokens_usd / 3


def test_a_managed_endpoint_of_the_same_instance_costs_more() -> None:
    (managed,) = managed_costs(plan_of())
    assert managed.managed_usd is not None
    assert managed.managed_usd > managed.self_hosted_usd


def test_apis_are_sorted_by_the_price_of_the_mix() -> None:
    prices = [one.million_tokens_usd for one in api_costs(plan_of())]
    assert prices
    assert prices == sorted(prices)


def test_self_hosting_is_cheaper_from_the_break_even_on() -> None:
    volume = VolumeCost(fixed_usd=1000, included_tokens=1e9, replica_usd=500, replica_tokens=1e9)
    even = volume.break_even(0.8)
    assert even == pytest.approx(1.875e9)
    assert volume.usd(even) <= even / 1e6 * 0.8 + 1e-6
    assert volume.break_even(0.4) is None


def test_no_volume_costs_what_the_least_replicas_cost() -> None:
    plan = plan_of("scaling: {min: 2, max: 3}\n")
    assert plan.cost is not None
    assert volume_cost(plan).usd(1) == pytest.approx(plan.cost.least_usd * 730)
