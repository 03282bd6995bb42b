"""`plan`, `cost` and `advise` of a spec with cloud regions, as a user sees them."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from llmdeploy.serving.catalog.prices import price

SPEC = """\
name: chat
model: {id: meta-llama/Llama-3.1-8B-Instruct, context_length: 8192}
framework: vllm
quantization: fp8
regions: [aws/us-east-1]
"""
MANAGEABLE = SPEC.replace("meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen3-8B")
"""A model that the hub gives to anybody, as the clouds' own services fetch it themselves."""


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
    rates = [one[way] for one in data["endpoints"] for way in ("self_hosted", "managed")]
    assert all(row["source"] for row in [*data["rows"], *rates])
    assert max(map(len, shown.stdout.splitlines())) <= 80


def test_own_prices_come_first(spec):
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


def test_every_number_of_a_bill_has_its_source(spec):
    shown = spec.run("llmdeploy cost chat.yaml --sources").stdout
    bill, _, sources = shown.partition("\nSources\n")
    marks = {int(mark) for mark in re.findall(r"\[(\d+)\]", bill)}
    assert marks == set(range(1, max(marks) + 1))
    assert [int(number) for number in re.findall(r"^\[(\d+)\]", sources, re.MULTILINE)] == sorted(marks)
    assert max(map(len, shown.splitlines())) <= 80


def test_a_spot_price_is_an_estimate_in_every_view(spec):
    spec.write("chat.yaml", f"{SPEC}hardware: {{purchase: spot}}\n")
    hourly = price("aws/us-east-1", "g6.xlarge", "spot").hourly_usd
    for command, digits in (("plan", 3), ("cost", 3), ("catalog prices --region aws/us-east-1", 2)):
        line = command if command.startswith("catalog") else f"{command} chat.yaml"
        assert f"~{hourly:.{digits}f}" in spec.run(f"llmdeploy {line}").stdout
    assert "g6.xlarge is an estimate, no list price" in spec.run("llmdeploy plan chat.yaml").stdout
    advice = spec.run("llmdeploy advise chat.yaml").stdout
    assert re.search(r"self-hosted +~[\d,]+", advice)
    assert "self-hosting costs about" in advice


def test_a_managed_spec_is_planned_as_the_endpoint(spec):
    spec.write("chat.yaml", f"variant: managed\n{MANAGEABLE}")
    shown = spec.run("llmdeploy plan chat.yaml").stdout
    assert max(map(len, shown.splitlines())) <= 80
    shown = " ".join(shown.split())
    assert (
        "service SageMaker endpoint, ml.g6.xlarge weights Qwen/Qwen3-8B container 763104351884.dkr" in shown
    )
    assert "ml.g6.xlarge: 1 × l4" in shown
    assert "an answer in one piece within 60 s" in shown
    assert "sagemaker – runs any of the framework's containers on any GPU of the region" in shown
    assert "Gateway routing nearest" in shown
    assert "ml.g6.xlarge, on-demand" in spec.run("llmdeploy cost chat.yaml").stdout


def test_each_region_is_shown_and_priced_as_what_runs_it(spec):
    mixed = MANAGEABLE.replace("[aws/us-east-1]", "[aws/us-east-1, {name: aws/us-west-2, variant: managed}]")
    spec.write("chat.yaml", mixed)
    shown = spec.run("llmdeploy plan chat.yaml").stdout
    assert " ".join(shown.split()).count("SageMaker endpoint, ml.g6.xlarge") == 1
    data = json.loads(spec.run("llmdeploy cost chat.yaml --json").stdout)
    assert data["services"] == {"aws/us-west-2": "sagemaker"}
    own, managed = (
        {row["item"] for row in data["rows"] if row["region"] == name}
        for name in ("aws/us-east-1", "aws/us-west-2")
    )
    assert any("front and fleet" in item for item in own)
    assert any("(front)" in item for item in managed)
    assert spec.run("llmdeploy advise chat.yaml").code == 0


def test_advice_on_what_has_no_price_self_hosted_says_what_has(spec):
    config = json.dumps(
        {
            "model_type": "llama",
            "hidden_size": 4096,
            "intermediate_size": 14336,
            "num_hidden_layers": 32,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "vocab_size": 128256,
            "max_position_embeddings": 131072,
            "torch_dtype": "bfloat16",
        }
    )
    spec.write("model/config.json", config)
    assert spec.run("llmdeploy catalog add s3://acme-models/chat model").code == 0
    spec.write(
        "chat.yaml",
        "name: chat\nmodel: s3://acme-models/chat\nframework: vllm\nvariant: managed\nmanaged: bedrock\n"
        "regions: [aws/us-east-1]\n",
    )
    shown = spec.run("llmdeploy plan chat.yaml").stdout
    assert "container   none: it brings its own server" in shown
    assert "2 × custom model unit" in shown
    outcome = spec.run("llmdeploy advise chat.yaml")
    assert outcome.code == 1
    assert "a service does not say on what it runs" in outcome.stderr
    assert "`llmdeploy compare` plans it self-hosted too" in outcome.stderr
    assert "self-hosted" in spec.run("llmdeploy compare chat.yaml").stdout


def test_hardware_whose_figures_nothing_confirms_is_never_chosen_in_silence(spec):
    spec.write("chat.yaml", SPEC.replace("3.1-8B", "3.3-70B"))
    shown = spec.run("llmdeploy plan chat.yaml").stdout
    shown = " ".join(shown.split())
    assert "g7e.2xlarge: 1 × rtx-pro-6000" in shown
    assert "rtx-pro-6000 is not wholly confirmed: its TFLOPS are worked out" in shown
    assert "g6.12xlarge is sure, and 37 % dearer" in shown


def test_a_shape_from_memory_is_a_warning_with_a_mend(spec):
    spec.write("chat.yaml", SPEC.replace("meta-llama/Llama-3.1-8B-Instruct", "Qwen/Qwen2.5-7B-Instruct"))
    shown = spec.run("llmdeploy plan chat.yaml").stdout
    shown = " ".join(shown.split())
    assert "Qwen/Qwen2.5-7B-Instruct: the catalog has its shape from memory" in shown
    assert "llmdeploy catalog add Qwen/Qwen2.5-7B-Instruct FOLDER" in shown
    assert "Qwen/Qwen2.5-7B-Instruct?" in spec.run("llmdeploy catalog models").stdout


@pytest.mark.parametrize("suffix", ["png", "html"])
def test_the_break_even_is_drawn(spec, suffix):
    outcome = spec.run(f"llmdeploy advise chat.yaml --plot break-even.{suffix}")
    assert (outcome.code, outcome.stderr) == (0, "")
    assert outcome.stdout.endswith(f"Drawn in break-even.{suffix}.\n")
    drawn = (spec.folder / f"break-even.{suffix}").read_bytes()
    if suffix == "png":
        assert drawn.startswith(b"\x89PNG\r\n")
        return
    page = drawn.decode()
    figure = ElementTree.fromstring(re.search(r"<svg.*</svg>", page, re.DOTALL)[0])
    words = {text.text for text in figure.iter("text")}
    assert {"tokens a month, input and output together", "USD a month", "1 billion", "1k"} <= words
    assert len(list(figure.iter("polyline"))) == 3
    assert "genai-prices" in page
    # It needs nothing from elsewhere.
    assert not re.search(r"<script|<link|src=|href=|@import|url\(", page)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("chat.yaml --plot curve.pdf", "name a file that ends with .png or .html"),
        ("--plot curve.png", "--plot needs a SPEC"),
        ("chat.yaml --plot missing/curve.html", "missing/curve.html: No such file or directory"),
    ],
)
def test_what_cannot_be_drawn(spec, arguments, problem):
    outcome = spec.run(f"llmdeploy advise {arguments}")
    assert outcome.code in (1, 2)
    assert problem in outcome.stderr
    assert "Traceback" not in outcome.stderr
