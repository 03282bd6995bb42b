"""`validate` remembers good specs: the same words at a fraction of the time, and never a stale one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SPEC = "name: chat\nmodel: Qwen/Qwen2.5-7B-Instruct\nframework: vllm\nregions: [local/a]\n"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "chat.yaml"
    path.write_text(SPEC)
    return path


def validate(spec: Path, cache: Path) -> tuple[int, str]:
    done = subprocess.run(
        [Path(sys.executable).with_name("llmdeploy"), "validate", spec],
        env={**os.environ, "LLMDEPLOY_CACHE": str(cache), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.returncode, done.stdout + done.stderr


def remembered(cache: Path) -> list[Path]:
    return sorted(cache.glob("validated/*.json"))


def test_the_second_time_says_the_same(spec: Path, tmp_path: Path) -> None:
    first = validate(spec, tmp_path / "cache")
    assert len(remembered(tmp_path / "cache")) == 1
    assert "has no revision" in first[1]
    assert validate(spec, tmp_path / "cache") == first


def test_a_changed_spec_is_checked_anew(spec: Path, tmp_path: Path) -> None:
    validate(spec, tmp_path / "cache")
    spec.write_text(SPEC.replace("vllm", "vlm"))
    code, said = validate(spec, tmp_path / "cache")
    assert code == 2
    assert "did you mean vllm?" in said


def test_a_bad_spec_is_not_remembered(spec: Path, tmp_path: Path) -> None:
    spec.write_text(SPEC.replace("vllm", "vlm"))
    assert validate(spec, tmp_path / "cache") == validate(spec, tmp_path / "cache")
    assert remembered(tmp_path / "cache") == []


def test_a_damaged_memory_is_ignored(spec: Path, tmp_path: Path) -> None:
    first = validate(spec, tmp_path / "cache")
    for entry in remembered(tmp_path / "cache"):
        entry.write_text('{"file": "')
    assert validate(spec, tmp_path / "cache") == first


def test_a_cache_that_cannot_be_written_does_no_harm(spec: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert validate(spec, tmp_path / "cache") == validate(spec, tmp_path / "other")


def test_a_pipe_is_no_spec_and_nothing_waits_for_it(tmp_path: Path) -> None:
    pipe = tmp_path / "chat.yaml"
    os.mkfifo(pipe)
    code, said = validate(pipe, tmp_path / "cache")
    assert code == 2
    assert "chat.yaml" in said


def test_a_spec_with_a_quality_gate_is_not_remembered(spec: Path, tmp_path: Path) -> None:
    """What its prompts' file says is not known by the bytes of the spec."""
    spec.write_text(f"{SPEC}rollout: {{eval: {{prompts: gate.jsonl, check: exact}}}}\n")
    prompts = spec.with_name("gate.jsonl")
    prompts.write_text('{"prompt": "1 + 1?", "expect": "2"}\n')
    assert validate(spec, tmp_path / "cache")[0] == 0
    prompts.write_text('{"prompt": "1 + 1?"}\n')
    code, said = validate(spec, tmp_path / "cache")
    assert code == 2
    assert f"{prompts}:1:1 prompts.expect: is missing" in said
