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


def llmdeploy(folder: Path, *words: str) -> str:
    environ = {
        **os.environ,
        "LLMDEPLOY_HOME": str(folder / "home"),
        "LLMDEPLOY_VLLM_PYTHON": str(VLLM_PYTHON),
    }
    ended = subprocess.run([COMMAND, *words], cwd=folder, env=environ, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


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
