"""`plan`, `cost` and `advise` of a spec with cloud regions, as a user sees them."""

from __future__ import annotations

import json

import pytest

SPEC = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, context_length: 8192}
framework: vllm
quantization: fp8
regions: [aws/us-east-1]
"""


@pytest.fixture
def spec(terminal):
    terminal.write("chat.yaml", SPEC)
    return terminal


def test_plan_shows_the_hardware_and_why_others_lost(spec):
    outcome = spec.run("llmdeploy plan chat.yaml")
    assert outcome.code == 0
    assert "g6.xlarge: 1 × l4" in outcome.stdout
    assert "dearer" in outcome.stdout
    assert "a million at 50% utilisation" in outcome.stdout
    assert max(map(len, outcome.stdout.splitlines())) <= 80


def test_cost_says_what_the_json_says(spec):
    shown = spec.run("llmdeploy cost chat.yaml --tokens-per-month 1e9")
    data = json.loads(spec.run("llmdeploy cost chat.yaml --tokens-per-month 1e9 --json").stdout)
    assert shown.code == 0
    assert f"{data['hourly_usd']['expected']:,.2f} USD an hour" in shown.stdout
    assert f"{data['volume']['self_hosted_usd']:,.0f}" in shown.stdout
    assert all(row["source"] for row in [*data["rows"], *data["managed"]])
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_refreshed_prices_come_first(spec):
    prices = {
        "regions": {"us-east-1": {"g6.xlarge": {"on-demand": 0.5}}},
        "sources": [{"source": "asked today", "checked": "2026-11-24"}],
    }
    home = spec.folder.parent / "home" / "catalog"
    home.mkdir(parents=True)
    (home / "prices-aws.json").write_text(json.dumps(prices))
    data = json.loads(spec.run("llmdeploy cost chat.yaml --json").stdout)
    assert data["rows"][0]["least_usd"] == 0.5
    assert "asked today" in data["rows"][0]["source"]


def test_advice_weighs_what_must_be_and_names_its_sources(spec):
    plain = json.loads(spec.run("llmdeploy advise chat.yaml --json").stdout)
    bound = json.loads(spec.run("llmdeploy advise chat.yaml --residency --json").stdout)
    assert plain["hosting"]["choice"] == "API"
    assert bound["hosting"]["choice"] == "self-host"
    shown = spec.run("llmdeploy advise chat.yaml --sources")
    assert shown.code == 0
    assert "genai-prices" in shown.stdout
    assert "break-even" in shown.stdout


def test_advice_without_a_spec_is_about_the_framework(terminal):
    outcome = terminal.run("llmdeploy advise --structured-output")
    assert outcome.code == 0
    assert "sglang" in outcome.stdout
