"""A case is two files, FRAMEWORK[@VARIANT].prom and .yaml: what the framework writes, and what it means."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from llmdeploy.serving.metrics import EngineMetrics, normalise
from llmdeploy.serving.metrics.places import Names, names_of

CASES = sorted((Path(__file__).parent / "cases").glob("*.prom"))
FRAMEWORKS = ("llama.cpp", "vllm", "sglang", "tgi", "tensorrt-llm", "triton")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_an_exposition_is_read(case: Path) -> None:
    framework = case.stem.partition("@")[0]
    expected = EngineMetrics.model_validate(yaml.safe_load(case.with_suffix(".yaml").read_text()))
    assert rounded(normalise(case.read_text(), framework)) == rounded(expected)


def rounded(metrics: EngineMetrics) -> object:
    """As JSON, without the last digits of interpolation."""
    return json.loads(metrics.model_dump_json(), parse_float=lambda text: round(float(text), 9))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_framework_has_a_case_a_source_and_a_date(framework: str) -> None:
    names = names_of(framework)
    assert isinstance(names, Names)
    assert names.source
    assert any(case.stem.partition("@")[0] == framework for case in CASES)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_an_empty_exposition_says_nothing(framework: str) -> None:
    read = normalise("", framework)
    assert read.requests == {}
    assert {value for name, value in read if name != "requests"} == {None}


def test_an_unknown_framework_is_an_error() -> None:
    with pytest.raises(KeyError):
        normalise("", "ollama")


def test_what_is_no_exposition_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"."):
        normalise('{"not": "prometheus"}\n', "vllm")
