"""Advice: what must be decides before what is cheaper."""

from __future__ import annotations

from dataclasses import replace

import pytest

from llmdeploy.serving.advise.circumstances import Circumstances
from llmdeploy.serving.advise.curve import cost_curve
from llmdeploy.serving.advise.framework import advise_framework
from llmdeploy.serving.advise.hosting import HostingAdvice, advise_hosting
from llmdeploy.serving.catalog.api_prices import ApiPrice
from llmdeploy.serving.cost.alternatives import ApiCost
from llmdeploy.serving.cost.volume import VolumeCost

PLAIN = Circumstances(
    tokens_per_month=1e8,
    residency=False,
    strict_latency=False,
    customised=False,
    operations="some",
    structured_output=False,
    hugging_face=False,
    nvidia_fleet=False,
    existing_triton=False,
)
VOLUME = VolumeCost(fixed_usd=1000, included_tokens=5e9, replica_usd=800, replica_tokens=5e9)
MANAGED = VolumeCost(fixed_usd=1200, included_tokens=5e9, replica_usd=1200, replica_tokens=5e9)
API = ApiCost(ApiPrice("m", "somebody", "m", 0.5, 0.5, "made up", "2026-11-24"), 0.5)


def advice_on(given: Circumstances, apis: tuple[ApiCost, ...] = (API,)) -> HostingAdvice:
    return advise_hosting(given, VOLUME, MANAGED, apis, estimated=True)


def test_little_volume_goes_to_an_api() -> None:
    advice = advice_on(PLAIN)
    assert advice.choice == "API"
    assert advice.break_even_tokens == pytest.approx(2e9)


def test_much_volume_is_self_hosted() -> None:
    assert advice_on(replace(PLAIN, tokens_per_month=4e9)).choice == "self-host"


@pytest.mark.parametrize("must", ["residency", "strict_latency", "customised"])
def test_what_must_be_outweighs_the_price_and_says_what_it_costs(must: str) -> None:
    advice = advice_on(replace(PLAIN, **{must: True}))
    assert advice.choice == "self-host"
    assert any("costs more" in doubt for doubt in advice.doubts)


def test_a_model_that_no_api_serves_is_hosted() -> None:
    assert advice_on(PLAIN, apis=()).choice == "self-host"


def test_without_operations_it_is_a_managed_endpoint() -> None:
    advice = advice_on(replace(PLAIN, residency=True, operations="none"))
    assert advice.choice == "managed endpoint"
    assert advice.managed_usd == 1200
    assert "about 1,200 USD a month, self-hosted 1,000" in advice.doubts[0]


def test_an_estimate_says_so_in_the_words_too() -> None:
    assert advice_on(PLAIN).reasons == ("self-hosting costs about 1,000 USD a month, the cheapest API 50",)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"existing_triton": True, "structured_output": True}, "triton"),
        ({"structured_output": True}, "sglang"),
        ({"nvidia_fleet": True}, "tensorrt-llm"),
        ({"hugging_face": True}, "vllm"),
        ({}, "vllm"),
    ],
)
def test_framework(given: dict[str, bool], name: str) -> None:
    assert advise_framework(replace(PLAIN, **given)).name == name


def test_the_curve_crosses_at_the_break_even() -> None:
    below, above = [], []
    for point in cost_curve(VOLUME, MANAGED, 0.5, middle=2e9):
        (below if point.tokens < 1.99e9 else above).append(point.self_hosted_usd - point.api_usd)
    assert min(below) > 0
    assert max(above) <= 1e-6
