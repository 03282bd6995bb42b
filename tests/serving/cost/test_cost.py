"""Bills: what they add up to, how they follow the spec, and where self-hosting meets an API."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llmdeploy.serving.compare.ways import run_by
from llmdeploy.serving.cost.alternatives import api_costs, endpoint_costs
from llmdeploy.serving.cost.volume import VolumeCost, both_ways, volume_cost
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.cost import CostPlan
from llmdeploy.serving.plan.model import Plan

MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
SPEC = """
name: chat
model: {id: Qwen/Qwen3-8B, context_length: 8192}
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
    (endpoint,) = endpoint_costs(plan_of())
    assert endpoint.unit == "SageMaker endpoint ml.g6.xlarge"
    assert endpoint.managed is not None
    assert endpoint.self_hosted is not None
    assert endpoint.managed.hourly_usd > endpoint.self_hosted.hourly_usd
    assert "workshop" in endpoint.managed.source


def test_the_same_comparison_comes_out_of_the_managed_spec() -> None:
    own, managed = (endpoint_costs(plan_of(variant)) for variant in ("", "variant: managed\n"))
    assert [one.self_hosted for one in own] == [one.self_hosted for one in managed]
    assert [one.managed for one in own] == [one.managed for one in managed]


def test_a_managed_plan_is_of_the_endpoints_own_instance_price_and_limits() -> None:
    plan = plan_of("variant: managed\n")
    (region,) = plan.regions
    assert region.hardware is not None
    assert (region.hardware.instance, region.hardware.hourly_usd) == ("ml.g6.xlarge", 1.127)
    assert not region.hardware.price_estimated
    assert region.managed is not None
    assert (region.managed.service, region.managed.shown) == ("sagemaker", "SageMaker endpoint")
    assert any("3,600 s" in limit.what for limit in region.managed.limits)
    assert all(limit.source for limit in region.managed.limits)


def test_a_managed_region_has_its_network_and_gateways_and_no_balancer_before_instances() -> None:
    own, managed = (
        {row.item: row.least_usd for row in cost_of(variant).rows} for variant in ("", "variant: managed\n")
    )
    ours, theirs = set(own) - set(managed), set(managed) - set(own)
    assert {item.partition(",")[0] for item in ours} == {
        "g6.xlarge",
        "2 × Application Load Balancer (front and fleet)",
    }
    assert {item.partition(",")[0] for item in theirs} == {
        "ml.g6.xlarge",
        "Application Load Balancer (front)",
    }


def test_regions_of_both_kinds_are_priced_both_ways_by_their_instances_alone() -> None:
    text = SPEC.replace("[aws/us-west-2]", "[aws/us-west-2, {name: aws/us-east-1, variant: managed}]")
    mixed = build_plan(parse_spec(text, "chat.yaml"), MACHINE)
    own, managed = both_ways(mixed, endpoint_costs(mixed))
    assert own is not None
    assert managed is not None
    assert own.fixed_usd == pytest.approx(2 * 0.8048 * 730)
    assert managed.fixed_usd == pytest.approx((1.127 + 0.8048 * 1.4) * 730, rel=1e-4)


def test_what_a_service_does_not_tell_has_no_price_self_hosted() -> None:
    source = parse_spec(SPEC.replace("hardware: {gpu: l4, count: 1}\n", ""), "chat.yaml")
    plan = build_plan(replace(source, spec=run_by(source.spec, "bedrock")), MACHINE)
    own, managed = both_ways(plan, endpoint_costs(plan))
    assert own is None
    assert managed == volume_cost(plan)


def test_a_volume_is_priced_both_ways() -> None:
    plan = plan_of()
    own, managed = both_ways(plan, endpoint_costs(plan))
    assert own is not None
    assert managed is not None
    assert own == volume_cost(plan)
    assert managed.fixed_usd == pytest.approx(1.127 * 730)


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


@pytest.mark.parametrize("api", [0.55, 0.6, 0.8, 1.5, 3.0])
def test_above_the_settled_volume_self_hosting_is_never_dearer_and_just_below_it_is(api: float) -> None:
    volume = VolumeCost(fixed_usd=1000, included_tokens=1e9, replica_usd=500, replica_tokens=1e9)
    settled = volume.settled(api)
    assert settled is not None
    assert settled >= (volume.break_even(api) or 0)
    above = [settled * (1.0001 + step / 97) for step in range(970)]
    assert all(volume.usd(tokens) <= tokens / 1e6 * api for tokens in above)
    assert volume.usd(settled * 0.999) > settled * 0.999 / 1e6 * api


def test_an_api_below_the_price_of_a_full_replica_is_never_beaten_for_good() -> None:
    volume = VolumeCost(fixed_usd=1000, included_tokens=3e9, replica_usd=500, replica_tokens=1e9)
    assert volume.break_even(0.45) == pytest.approx(1000 / 0.45 * 1e6)
    assert volume.settled(0.45) is None
