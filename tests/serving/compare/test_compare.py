"""A spec run each way: the plans, what is lost of the spec, what comes first, and which ways are closed."""

from __future__ import annotations

from functools import partial

import pytest

from llmdeploy.serving.compare.comparison import Way, compare
from llmdeploy.serving.compare.limits import SHOWN, limits_of
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan

MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
plan = partial(build_plan, machine=MACHINE)
SPEC = """
name: chat
model: {id: Qwen/Qwen3-8B, context_length: 8192}
framework: vllm
quantization: fp8
"""


def ways_of(more: str) -> dict[str, Way]:
    source = parse_spec(SPEC + more, "chat.yaml")
    return {way.name: way for way in compare(source, plan(source), plan)}


def test_a_way_for_each_service_of_the_regions_clouds() -> None:
    assert list(ways_of("regions: [aws/us-east-1]")) == ["self-hosted", "sagemaker", "bedrock"]
    assert list(ways_of("regions: [gcp/us-central1]")) == ["self-hosted", "vertex", "cloud-run"]
    both = ways_of("regions: [aws/us-east-1, gcp/us-central1]")
    assert list(both) == ["self-hosted", "sagemaker", "bedrock", "vertex", "cloud-run"]
    assert both["sagemaker"].regions == ("aws/us-east-1",)


def test_each_way_is_a_plan_of_its_own_and_the_other_cloud_stays_self_hosted() -> None:
    for name, way in ways_of("regions: [aws/us-east-1, gcp/us-central1]").items():
        assert way.plan is not None
        run = {region.name: region.managed.service for region in way.plan.regions if region.managed}
        assert run == ({} if name == "self-hosted" else dict.fromkeys(way.regions, name))


@pytest.mark.parametrize("service", ["sagemaker", "bedrock"])
def test_what_is_written_is_a_way_of_its_own_only_where_it_is_none_of_the_others(service: str) -> None:
    alone = f"variant: managed\nmanaged: {service}\nregions: [aws/us-east-1]\n"
    if service == "sagemaker":
        assert "as written" not in ways_of(alone)
    mixed = ways_of("regions: [aws/us-east-1, {name: aws/us-west-2, variant: managed, role: overflow}]")
    assert next(iter(mixed)) == "as written"
    assert mixed["as written"].plan is not None
    assert [region.managed is not None for region in mixed["as written"].plan.regions] == [False, True]


def test_what_a_service_cannot_honour_is_left_out_and_told_in_the_rules_words() -> None:
    ways = ways_of(
        "speculative: ngram\nbatching: {concurrency: 32}\nstructured_output: xgrammar\n"
        "scaling: {min: 1, max: 2}\nregions: [aws/us-east-1]\n"
    )
    assert not ways["sagemaker"].lost
    lost = {one.path: one.problem for one in ways["bedrock"].lost}
    assert sorted(lost) == [
        "batching.concurrency",
        "quantization.weights",
        "scaling.min",
        "speculative",
        "structured_output",
    ]
    assert lost["speculative"] == "Bedrock import has no speculative decoding: it brings its own server"
    assert ways["bedrock"].plan is not None
    assert ways["bedrock"].plan.regions[0].min_replicas == 0


def test_hardware_of_all_regions_is_left_out_only_where_it_cannot_be_chosen() -> None:
    ways = ways_of(
        "hardware: {gpu: l4, purchase: spot}\nregions: [aws/us-east-1, gcp/us-central1]\n",
    )
    planned = ways["bedrock"].plan
    assert planned is not None
    assert [region.hardware.purchase for region in planned.regions if region.hardware] == [
        "on-demand",
        "spot",
    ]
    assert {one.path for one in ways["bedrock"].lost} >= {"hardware.gpu", "hardware.purchase"}
    assert {one.path for one in ways["sagemaker"].lost} == {"hardware.purchase"}


def test_weights_that_a_service_does_not_take_come_first_and_close_no_way() -> None:
    ways = ways_of("regions: [aws/us-east-1]")
    assert ways["bedrock"].first == ("copy the weights to s3://… and name that",)
    assert ways["bedrock"].plan is not None
    assert not ways["sagemaker"].first


def test_a_way_is_closed_by_the_very_rules() -> None:
    ways = ways_of("regions: [aws/eu-west-1, gcp/europe-west3]")
    assert ways["bedrock"].plan is None
    assert ways["bedrock"].closed == (
        "regions[0].managed: Bedrock import is not in aws/eu-west-1: models cannot be imported there",
    )
    assert ways["cloud-run"].closed == (
        "regions[1].managed: Cloud Run service is not in gcp/europe-west3: it has no L4 there",
    )


def test_a_way_is_closed_where_nothing_there_will_do() -> None:
    source = parse_spec(
        "name: big\nmodel: {id: Qwen/Qwen2.5-72B-Instruct, context_length: 8192}\nframework: vllm\n"
        "regions: [gcp/us-central1]\n",
        "big.yaml",
    )
    ways = {way.name: way for way in compare(source, plan(source), plan)}
    assert ways["vertex"].plan is not None
    too_large, unplaced = ways["cloud-run"].closed
    assert "holds weights below 26 GiB in its memory, and these are 135" in too_large
    assert "nothing in gcp/us-central1 will do: nvidia-l4: does not fit" in unplaced


def test_limits_stand_side_by_side() -> None:
    for way in ways_of("regions: [aws/us-east-1, gcp/us-central1]").values():
        assert tuple(limits_of(way)) == SHOWN
        assert all(limits_of(way).values())
