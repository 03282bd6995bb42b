"""Sources that a spec names are checked before anything is started, each error at its place in the spec."""

from __future__ import annotations

from pathlib import Path

import pytest

from llmdeploy.infra.preflight.sources import check_sources, fetch_weights
from llmdeploy.infra.weights.random_gguf import random_gguf
from llmdeploy.serving.errors import SpecErrors
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.build import build_plan

MACHINE = Machine(cpus=2, memory_gib=8, gpus=0, vllm_python="", smollm2="missing")


def problems(spec: Path) -> list[str]:
    loaded = load_spec(spec)
    with pytest.raises(SpecErrors) as refused:
        check_sources(build_plan(loaded, MACHINE), loaded, spec.parent / "cache")
    return [str(problem).replace(str(spec.parent), "DIR") for problem in refused.value.problems]


def spec_with(folder: Path, model: str, framework: str = "vllm") -> Path:
    spec = folder / "spec.yaml"
    spec.write_text(f"name: chat\nmodel: {model}\nframework: {framework}\nregions: [local/a]\n")
    return spec


def test_a_model_folder_that_does_not_exist(tmp_path: Path) -> None:
    assert problems(spec_with(tmp_path, "./weights")) == [
        "DIR/spec.yaml:2:8 model.id: DIR/weights does not exist; name a folder that does, or a hub id"
    ]


def test_a_model_folder_without_a_model_in_it(tmp_path: Path) -> None:
    (tmp_path / "weights").mkdir()
    assert problems(spec_with(tmp_path, "./weights")) == [
        "DIR/spec.yaml:2:8 model.id: DIR/weights holds no GGUF file; name the GGUF file itself"
    ]


def test_a_missing_folder_of_a_custom_server(tmp_path: Path) -> None:
    spec = spec_with(tmp_path, "./weights", '{name: custom, command: [serve, "{port}"]}')
    assert problems(spec) == [
        "DIR/spec.yaml:2:8 model.id: DIR/weights does not exist; name a folder that does, or a hub id"
    ]


def test_model_and_adapter_problems_come_together(tmp_path: Path) -> None:
    whole = random_gguf(tmp_path / "cache").read_bytes()
    (tmp_path / "cut.gguf").write_bytes(whole[:5000])
    (tmp_path / "model.gguf").write_bytes(whole)
    adapters = "[{name: legal, source: ./model.gguf}, {name: tax, source: ./no.gguf}]"
    spec = spec_with(tmp_path, f"{{id: ./cut.gguf, adapters: {adapters}}}")
    assert problems(spec) == [
        "DIR/spec.yaml:2:13 model.id: DIR/cut.gguf is truncated or damaged; fetch or convert it again",
        (
            "DIR/spec.yaml:2:58 model.adapters[0].source: DIR/model.gguf holds a GGUF of type 'model'; "
            "name a GGUF of type 'adapter'"
        ),
        (
            "DIR/spec.yaml:2:93 model.adapters[1].source: DIR/no.gguf does not exist; "
            "name a LoRA adapter as a GGUF file"
        ),
    ]


def test_weights_are_in_the_cache_before_the_engine_starts(tmp_path: Path) -> None:
    plan = build_plan(load_spec(spec_with(tmp_path, "Qwen/Qwen2.5-7B-Instruct")), MACHINE)
    fetch_weights(plan, tmp_path / "cache", lambda line: None)
    assert list((tmp_path / "cache/weights").glob("random-*.gguf"))


def test_the_prompts_of_the_quality_gate(tmp_path: Path) -> None:
    spec = spec_with(tmp_path, "./weights")
    spec.write_text(f"{spec.read_text()}rollout: {{eval: {{prompts: gate.jsonl, check: exact}}}}\n")
    (tmp_path / "gate.jsonl").write_text('{"prompt": "1 + 1?"}\n')
    assert problems(spec) == [
        "DIR/gate.jsonl:1:1 prompts.expect: is missing; add it: check exact holds the answer against it",
        "DIR/spec.yaml:2:8 model.id: DIR/weights does not exist; name a folder that does, or a hub id",
    ]


def test_only_the_gate_of_the_environment_is_needed(tmp_path: Path) -> None:
    spec = spec_with(tmp_path, "Qwen/Qwen2.5-7B-Instruct")
    gate = "{rollout: {eval: {prompts: gate.jsonl, check: exact}}}"
    spec.write_text(f"{spec.read_text()}environments: {{watched: {gate}}}\n")
    plain, watched = load_spec(spec), load_spec(spec, "watched")
    check_sources(build_plan(plain, MACHINE), plain, tmp_path / "cache")
    with pytest.raises(SpecErrors, match=r"gate\.jsonl cannot be read"):
        check_sources(build_plan(watched, MACHINE), watched, tmp_path / "cache")
