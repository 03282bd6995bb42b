"""Real replica processes, each in a process group of its own that is gone when the test ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import openai
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from llmdeploy.infra.home import home_from_environment
from llmdeploy.infra.weights.smollm2 import ensure_smollm2


@dataclass
class RunningReplica:
    """A replica process and the ways to talk to it."""

    process: subprocess.Popen[str]
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{self.url}/v1", api_key="none", max_retries=0)

    @property
    def async_client(self) -> openai.AsyncOpenAI:
        return openai.AsyncOpenAI(base_url=f"{self.url}/v1", api_key="none", max_retries=0)

    @property
    def engine(self) -> psutil.Process:
        (engine,) = psutil.Process(self.process.pid).children()
        return engine

    def health(self) -> int:
        """The status of /health; 0 when nothing answers."""
        try:
            return httpx.get(f"{self.url}/health", timeout=5).status_code
        except httpx.TransportError:
            return 0

    def wait_ready(self, timeout_s: float = 60) -> None:
        self.wait_until(lambda: self.health() == 200, timeout_s)

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = 30) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.01)

    def metric(self, name: str, **labels: str) -> float:
        """The sum of all samples called `name` whose labels include `labels`."""
        text = httpx.get(f"{self.url}/metrics", timeout=5).text
        return sum(
            sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def log(self) -> str:
        """What the replica wrote on stderr. Only once it has ended."""
        return self.process.communicate(timeout=20)[1]


StartReplica = Callable[..., RunningReplica]


@contextlib.contextmanager
def starter(cache: Path) -> Iterator[StartReplica]:
    started: list[RunningReplica] = []

    def start(*flags: str, port: int | None = None, ready: bool = True, fault: str = "") -> RunningReplica:
        port = port or free_port()
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "llmdeploy.infra.replica", "--port", str(port)),
                *(
                    "--weights",
                    "random",
                    "--served-model-name",
                    "chat",
                    "--replica",
                    "a-0",
                    "--region",
                    "local/a",
                ),
                *flags,
            ],
            env={**os.environ, "LLMDEPLOY_CACHE": str(cache), "LLMDEPLOY_REPLICA_FAULT": fault},
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        replica = RunningReplica(process, port)
        started.append(replica)
        if ready:
            replica.wait_ready()
        return replica

    try:
        yield start
    finally:
        for replica in started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(replica.process.pid, signal.SIGKILL)
            replica.process.wait(timeout=10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def cache() -> Path:
    """The user's cache: weights are fetched once a machine."""
    return home_from_environment().cache


@pytest.fixture
def start_replica(cache: Path) -> Iterator[StartReplica]:
    """Start replicas with random weights; further flags win over the defaults."""
    with starter(cache) as start:
        yield start


@pytest.fixture(scope="module")
def lora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_lora(tmp_path_factory.mktemp("lora") / "legal.gguf")


@pytest.fixture(scope="module")
def replica(cache: Path, lora: Path) -> Iterator[RunningReplica]:
    """A replica with random weights and two adapters, shared by the tests of a module."""
    with starter(cache) as start:
        yield start("--adapter", f"legal={lora}", "--adapter", f"mild={lora}:0.0", "--concurrency", "2")


@pytest.fixture(scope="module")
def smollm2(cache: Path) -> Iterator[RunningReplica]:
    """A replica with the bundled model."""
    ensure_smollm2(cache, print)
    with starter(cache) as start:
        yield start("--weights", "smollm2", "--concurrency", "1")


def write_lora(path: Path) -> Path:
    """A LoRA adapter for the random model. It leaves dimension 0 of the hidden state alone."""
    import gguf

    random = np.random.default_rng(1)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", 32.0)
    for layer in range(2):
        name = f"blk.{layer}.ffn_down.weight"
        into = random.standard_normal((64, 4)).astype(np.float32)
        into[0] = 0
        writer.add_tensor(f"{name}.lora_a", random.standard_normal((4, 128)).astype(np.float32))
        writer.add_tensor(f"{name}.lora_b", into)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
