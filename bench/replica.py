"""The embedded replica against its bare engine: `python -m bench.replica`.

Prints start-up, time to the first token, tokens/s and the front's overhead. The bare engine is the same
llama.cpp server, spoken to on its own socket. Both are measured in turn, and the spread is shown, because the
noise of a shared machine is larger than the overhead.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from llmdeploy.infra.home import home_from_environment
from llmdeploy.infra.replica.engine import EngineSettings
from llmdeploy.infra.weights.resolve import resolve_weights

ROUNDS = 40
WARM_UP = 2
TOKENS = 64
CONTEXT, SLOTS, THREADS = 1024, 2, 1


@dataclass(frozen=True)
class Running:
    """A server that is up: how to reach it, and what it took."""

    session: aiohttp.ClientSession
    ready_s: float
    pid: int


async def main() -> None:
    """Measure both kinds of weights."""
    cache = home_from_environment().cache
    print(f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}; {SLOTS} slots, {THREADS} thread\n")
    print(f"{'':32}{'front':>20}{'bare engine':>20}{'difference':>14}")
    for weights in ("random", "smollm2"):
        model = resolve_weights(weights, cache, print)
        async with replica(weights) as front, engine(model) as bare:
            rows = await measured(front.session, bare.session)
            memory = memory_mib(front.pid), memory_mib(bare.pid)
        show(f"{weights}: ready, s", [front.ready_s], [bare.ready_s], 1)
        show(f"{weights}: memory, MiB", [memory[0]], [memory[1]], 1)
        for name, (ours, theirs) in rows.items():
            show(f"{weights}: {name}", ours, theirs, 1000 if name.endswith("ms") else 1)
        print()


async def measured(
    front: aiohttp.ClientSession, bare: aiohttp.ClientSession
) -> dict[str, tuple[list[float], list[float]]]:
    """Requests to one and the other in turn, so that noise meets both alike."""
    first: tuple[list[float], list[float]] = ([], [])
    pace: tuple[list[float], list[float]] = ([], [])
    for number in range(ROUNDS + WARM_UP):
        for side, session in enumerate((front, bare)):
            to_first, tokens_per_s = await one_stream(session)
            if number >= WARM_UP:
                first[side].append(to_first)
                pace[side].append(tokens_per_s)
    return {"time to first token, ms": first, "tokens/s, one stream": pace}


async def one_stream(session: aiohttp.ClientSession) -> tuple[float, float]:
    """Seconds to the first event, and tokens/s after it."""
    body: dict[str, Any] = {
        "messages": [{"role": "user", "content": "Write about the sea."}],
        "max_tokens": TOKENS,
        "stream": True,
        "temperature": 0,
        "ignore_eos": True,
    }
    began = time.perf_counter()
    first = None
    tokens = 0
    async with session.post("/v1/chat/completions", json=body) as answer:
        async for line in answer.content:
            if line.startswith(b"data: {") and json.loads(line[6:])["choices"][0]["delta"].get("content"):
                first = first or time.perf_counter()
                tokens += 1
    assert first is not None
    return first - began, (tokens - 1) / (time.perf_counter() - first)


@contextlib.asynccontextmanager
async def replica(weights: str) -> AsyncIterator[Running]:
    """A replica as a deployment starts it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (
        "-m",
        "llmdeploy.infra.replica",
        "--port",
        str(port),
        "--weights",
        weights,
        "--served-model-name",
        "m",
    )
    sizes = ("--context-length", str(CONTEXT), "--concurrency", str(SLOTS), "--threads", str(THREADS))
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *command, *sizes, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        async with aiohttp.ClientSession() as session:
            while not await healthy(session, f"http://127.0.0.1:{port}/health"):
                await asyncio.sleep(0.01)
        up = time.perf_counter() - began
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            yield Running(session, up, process.pid)
    finally:
        process.terminate()
        await process.wait()


@contextlib.asynccontextmanager
async def engine(model: Path) -> AsyncIterator[Running]:
    """The engine alone, on a socket."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/engine.sock"
        settings = EngineSettings(str(model), path, "m", CONTEXT, SLOTS, THREADS)
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "llmdeploy.infra.replica.engine", settings.to_json()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        await process.stdout.readline()
        up = time.perf_counter() - began
        async with aiohttp.ClientSession("http://engine", connector=aiohttp.UnixConnector(path)) as session:
            yield Running(session, up, process.pid)
        process.stdin.close()
        await process.wait()


async def healthy(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def memory_mib(pid: int) -> float:
    """Memory of a process and its children. A page that both servers map counts half for each."""
    process = psutil.Process(pid)
    return float(sum(p.memory_full_info().pss for p in (process, *process.children(recursive=True))) / 2**20)


def show(name: str, ours: list[float], theirs: list[float], unit: float) -> None:
    middle = [statistics.median(values) * unit for values in (ours, theirs)]
    cells = [cell(values, unit) for values in (ours, theirs)]
    print(f"{name:32}{cells[0]:>20}{cells[1]:>20}{middle[0] - middle[1]:>+14.2f}")


def cell(values: list[float], unit: float) -> str:
    """Median, and how far the middle half spreads."""
    if len(values) == 1:
        return f"{values[0] * unit:.2f}"
    low, middle, high = (value * unit for value in statistics.quantiles(values, n=4))
    return f"{middle:.2f} ± {(high - low) / 2:.2f}"


if __name__ == "__main__":
    asyncio.run(main())
