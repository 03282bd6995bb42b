"""The loader raises nothing but its own errors, whatever it is given; a valid spec survives being written."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.load.dump import dump_spec
from llmdeploy.serving.load.sections import section_at
from llmdeploy.serving.rules import RULES
from llmdeploy.serving.spec import ServingSpec

EXAMPLES = Path(__file__).parents[3] / "stacks" / "examples"
TEXTS = [example.read_text("utf-8") for example in sorted(EXAMPLES.glob("*.yaml"))]
QUICK = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))

WORDS = sorted(
    {*ServingSpec.model_fields, *section_at(("model",)).model_fields, "environments", "dev", "min"}
)  # type: ignore[union-attr]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["vllm", "local/a", "aws/us-east-1", "fp8", "l40s", "10m", "none", "x/y"])
)
KEYS = st.sampled_from(WORDS) | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)


def load_or_errors(text: str, environment: str | None = None) -> None:
    """Loads, and accepts only a spec that is written back alike, or errors with a place and a message."""
    try:
        loaded = parse_spec(text, "chat.yaml", environment)
    except SpecErrors as errors:
        require_plain_words(errors)
    else:
        assert parse_spec(dump_spec(loaded.spec), "again.yaml").spec == loaded.spec


def require_plain_words(errors: SpecErrors) -> None:
    assert errors.problems
    assert all(problem.problem and problem.line >= 0 for problem in errors.problems)
    assert "pydantic" not in str(errors)
    assert "Input should" not in str(errors)


@QUICK
@given(st.text())
def test_any_text(text: str) -> None:
    load_or_errors(text)


@QUICK
@given(st.text(alphabet="abc:-[]{}&*!|>'\"%@`#,?\n \t01.~<=\\", max_size=80))
def test_any_text_of_yaml_punctuation(text: str) -> None:
    load_or_errors(text)
    load_or_errors(f"name: chat\nmodel: {text}\n")


@QUICK
@given(VALUES, st.none() | st.sampled_from(["dev", "", "x\0"]))
def test_any_yaml_value(value: Any, environment: str | None) -> None:
    load_or_errors(yaml.safe_dump(value, allow_unicode=True), environment)


@QUICK
@given(st.sampled_from(TEXTS), st.randoms(use_true_random=False), VALUES)
def test_any_value_anywhere_in_a_valid_spec(text: str, chance: random.Random, value: Any) -> None:
    spec = yaml.safe_load(text)
    place = spec
    while True:
        key = chance.choice(list(place) if isinstance(place, dict) else range(len(place)))
        if not place[key] or not isinstance(place[key], (dict, list)) or chance.random() < 0.3:
            break
        place = place[key]
    place[key] = value
    load_or_errors(yaml.safe_dump(spec, allow_unicode=True), "dev")


@QUICK
@given(st.sampled_from(TEXTS), st.data())
def test_any_cut_and_any_character_in_a_valid_spec(text: str, data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(begin, min(len(text), begin + 40)))
    load_or_errors(text[:begin] + data.draw(st.text(max_size=3)) + text[end:])


LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
TEXT = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=12)
SOURCES = st.sampled_from(["Qwen/Qwen2.5-7B-Instruct", "./weights", "s3://acme/chat", "/srv/x y", "gpt2"])
COUNTS = st.integers(1, 2**31 - 1)
DURATIONS = st.from_regex(r"[1-9][0-9]{0,4}(ms|s|m|h|d)", fullmatch=True)
ARGS = (
    st.booleans() | st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False) | TEXT
)


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def section(
    required: dict[str, st.SearchStrategy[Any]], **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(required, optional=fields)


SCALING = optional(
    min=st.integers(1, 5),
    max=st.integers(5, 9),
    metric=st.just("queue_depth"),
    target=st.floats(0.001, 1e9) | st.integers(1, 99),
)
HARDWARE = optional(gpu=st.sampled_from(["l4", "l40s", "h100", "none"]), purchase=st.just("on-demand"))
REGIONS = st.lists(LABELS, min_size=2, max_size=4, unique=True).flatmap(
    lambda names: st.tuples(
        *[section({"name": st.just(f"local/{name}")}, scaling=SCALING, hardware=HARDWARE) for name in names]
    ).map(list)
)
SPECS = section(
    {
        "name": LABELS,
        "model": section({"id": SOURCES}, served_name=TEXT, context_length=COUNTS),
        "framework": section(
            {"name": st.sampled_from(["vllm", "sglang"])}, args=st.dictionaries(TEXT, ARGS, max_size=4)
        ),
        "regions": REGIONS,
    },
    quantization=optional(weights=st.sampled_from(["none", "fp8", "bf16"]), kv_cache=st.just("fp8")),
    speculative=section({"method": st.just("ngram")}, tokens=COUNTS),
    hardware=HARDWARE,
    scaling=SCALING,
    routing=optional(
        policy=st.sampled_from(["nearest", "failover"]), auth=st.just("none"), affinity=st.just("x-id")
    ),
    rollout=optional(bake=DURATIONS, steps=st.just([5, 100]), abort_on=optional(ttft_p95=DURATIONS)),
    budget=st.fixed_dictionaries({"hourly_usd": st.floats(0.01, 1e12)}),
    target=optional(ttft_p95=DURATIONS, tpot_p95=DURATIONS, requests_per_second=st.floats(0.001, 1e6)),
    workload=optional(input_tokens=COUNTS, output_tokens=COUNTS, utilisation=st.floats(0.01, 1)),
    protected=st.booleans(),
)


@QUICK
@given(SPECS)
def test_a_valid_spec_survives_being_written_and_read(values: dict[str, Any]) -> None:
    spec = ServingSpec.model_validate(values)
    written = dump_spec(spec)
    if any(list(rule(spec)) for rule in RULES):
        load_or_errors(written)
    else:
        assert parse_spec(written, "chat.yaml").spec == spec
    assert ServingSpec.model_validate(spec.model_dump(mode="json")) == spec


def test_values_are_never_coerced() -> None:
    values = {"name": "chat", "model": "x/y", "framework": "vllm", "regions": ["local/a"]}
    for key, value in (
        ("protected", 1),
        ("protected", "yes"),
        ("scaling", "2"),
        ("budget", "60"),
        ("name", 7),
    ):
        try:
            ServingSpec.model_validate(values | {key: value})
        except ValidationError:
            continue
        raise AssertionError((key, value))
