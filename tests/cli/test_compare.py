"""`compare`, as a user sees it: one table, the same figures as JSON, and what a way costs the spec."""

from __future__ import annotations

import json

import pytest

SPEC = """\
name: chat
model: {id: Qwen/Qwen3-8B, context_length: 8192}
framework: vllm
quantization: fp8
speculative: ngram
regions: [aws/us-east-1, gcp/europe-west3]
"""


@pytest.fixture
def spec(terminal):
    terminal.write("chat.yaml", SPEC)
    return terminal


def test_the_ways_stand_side_by_side(spec):
    shown = spec.run("llmdeploy compare chat.yaml --tokens-per-month 5e9")
    data = json.loads(spec.run("llmdeploy compare chat.yaml --tokens-per-month 5e9 --json").stdout)
    assert (shown.code, shown.stderr) == (0, "")
    assert max(map(len, shown.stdout.splitlines())) <= 80
    assert "chat at 5,000,000,000 tokens a month, USD" in shown.stdout
    ways = {way["name"]: way for way in data["ways"]}
    assert list(ways) == ["self-hosted", "sagemaker", "bedrock", "vertex", "cloud-run"]
    for way in ways.values():
        if way["possible"]:
            assert f"{way['monthly_usd']:,.0f}" in shown.stdout
            assert way["million_tokens_usd"] == pytest.approx(way["monthly_usd"] / 5e9 * 1e6)
            assert way["hourly_usd"]["least"] <= way["hourly_usd"]["expected"] <= way["hourly_usd"]["most"]
            assert all(way["sources"])
    assert {one["price"]["provider"] for one in data["apis"]} >= {"openrouter"}


def test_what_is_lost_what_comes_first_and_what_is_not_possible(spec):
    shown = " ".join(spec.run("llmdeploy compare chat.yaml").stdout.split())
    assert "What is lost bedrock quantization.weights Bedrock import has no number format" in shown
    assert "To be done first bedrock copy the weights to s3://… and name that" in shown
    assert "Not possible cloud-run regions[1].managed: Cloud Run service is not in gcp/europe-west3" in shown
    assert "cloud-run not possible" in shown


def test_the_volume_is_what_the_spec_is_expected_to_answer(spec):
    data = json.loads(spec.run("llmdeploy compare chat.yaml --json").stdout)
    cost = json.loads(spec.run("llmdeploy cost chat.yaml --json").stdout)
    tokens = cost["hourly_usd"]["expected"] / cost["million_tokens_usd"] * 1e6 * 730
    assert data["tokens_per_month"] == pytest.approx(tokens)


def test_every_number_has_its_source(spec):
    shown = spec.run("llmdeploy compare chat.yaml --sources").stdout
    assert "0.05718 USD a minute" in " ".join(shown.split())
    assert max(map(len, shown.splitlines())) <= 80


def test_this_machine_costs_nothing(terminal):
    terminal.write("local.yaml", SPEC.replace("[aws/us-east-1, gcp/europe-west3]", "[local/a]"))
    outcome = terminal.run("llmdeploy compare local.yaml")
    assert outcome.code == 1
    assert "runs on this machine, where there is nothing to compare" in outcome.stderr


def test_a_wrong_spec_is_told_as_everywhere(terminal):
    terminal.write("chat.yaml", SPEC.replace("vllm", "vlm"))
    outcome = terminal.run("llmdeploy compare chat.yaml")
    assert outcome.code == 2
    assert "chat.yaml:3:12 framework" in outcome.stderr
