"""Starting, draining, dying: each done to a real process."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

import openai
import psutil
import pytest

LONG: dict[str, Any] = {"model": "chat", "messages": [{"role": "user", "content": "Go on."}], "stream": True}
ROOM = ("--context-length", "8192", "--concurrency", "4")


async def read(stream: Any) -> int:
    """The words of a whole stream."""
    return len("".join([chunk.choices[0].delta.content or "" async for chunk in stream]).split())


async def begin(replica: Any, count: int, max_tokens: int) -> list[asyncio.Task[int]]:
    """Streams that have begun to answer."""
    create = replica.async_client.chat.completions.create
    streams = await asyncio.gather(*(create(**LONG, max_tokens=max_tokens) for _ in range(count)))
    return [asyncio.create_task(read(stream)) for stream in streams]


async def test_sigterm_finishes_what_is_in_flight_and_takes_nothing_new(start_replica: Any) -> None:
    replica = start_replica(*ROOM, "--drain-timeout", "60")
    streams = await begin(replica, 4, max_tokens=2000)
    engine = replica.engine

    replica.process.terminate()
    replica.wait_until(lambda: replica.health() == 503)
    with pytest.raises(openai.InternalServerError) as refused:
        await replica.async_client.chat.completions.create(**LONG)

    assert refused.value.status_code == 503
    assert refused.value.response.headers["retry-after"]
    assert await asyncio.gather(*streams) == [2000] * 4
    assert await asyncio.to_thread(replica.process.wait, 3) == 0
    assert not engine.is_running()


async def test_the_drain_timeout_ends_what_does_not_finish(start_replica: Any) -> None:
    replica = start_replica(*ROOM, "--drain-timeout", "0.3")
    (stream,) = await begin(replica, 1, max_tokens=8000)
    replica.process.terminate()
    with pytest.raises(openai.APIConnectionError):
        await stream
    assert await asyncio.to_thread(replica.process.wait, 3) == 0
    assert "cut 1 requests" in replica.log()


async def test_a_second_sigterm_does_not_wait(start_replica: Any) -> None:
    replica = start_replica(*ROOM, "--drain-timeout", "60")
    (stream,) = await begin(replica, 1, max_tokens=8000)
    replica.process.terminate()
    replica.wait_until(lambda: replica.health() == 503)
    replica.process.terminate()
    assert await asyncio.to_thread(replica.process.wait, 3) == 0
    with pytest.raises(openai.APIConnectionError):
        await stream


async def test_sigterm_to_the_whole_group_drains_too(start_replica: Any) -> None:
    replica = start_replica(*ROOM)
    streams = await begin(replica, 2, max_tokens=1000)
    os.killpg(replica.process.pid, signal.SIGTERM)
    assert await asyncio.gather(*streams) == [1000] * 2
    assert await asyncio.to_thread(replica.process.wait, 3) == 0


def test_an_idle_replica_ends_at_once(start_replica: Any) -> None:
    replica = start_replica()
    replica.process.terminate()
    assert replica.process.wait(2) == 0


def test_sigterm_while_loading_ends_at_once(start_replica: Any) -> None:
    replica = start_replica(ready=False)
    replica.wait_until(lambda: replica.health() != 0)
    replica.process.terminate()
    assert replica.process.wait(3) == 0


def engine_folders(port: int) -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob(f"llmdeploy-engine-*-{port}"))


def test_kill_of_the_whole_group_leaves_no_file(start_replica: Any) -> None:
    replica = start_replica()
    os.killpg(replica.process.pid, signal.SIGKILL)
    replica.process.wait(5)
    assert not engine_folders(replica.port)


def test_kill_leaves_neither_engine_nor_port(start_replica: Any) -> None:
    replica = start_replica()
    engine = replica.engine
    replica.process.kill()
    replica.process.wait(5)
    psutil.wait_procs([engine], timeout=5)
    assert not engine.is_running()
    assert not engine_folders(replica.port)
    again = start_replica(port=replica.port)
    assert again.client.models.list().data[0].id == "chat"


async def test_a_dead_engine_breaks_the_streams_visibly_and_ends_the_replica(start_replica: Any) -> None:
    replica = start_replica(*ROOM)
    (stream,) = await begin(replica, 1, max_tokens=8000)
    replica.engine.kill()
    with pytest.raises(openai.APIError, match="engine of this replica has ended"):
        await stream
    assert await asyncio.to_thread(replica.process.wait, 5) == 1
    assert "error: the engine ended by itself with code -9" in replica.log()


def test_health_is_503_while_the_model_loads(start_replica: Any, cache: Path) -> None:
    replica = start_replica(ready=False)
    seen: list[int] = []

    def told(status: int) -> bool:
        seen.append(replica.health())
        return seen[-1] == status

    replica.wait_until(lambda: psutil.Process(replica.process.pid).children() != [])
    # However fast the machine loads it, it is not loaded while it is stopped.
    replica.engine.suspend()
    replica.wait_until(lambda: told(503))
    replica.engine.resume()
    replica.wait_until(lambda: told(200))
    assert set(seen) <= {0, 503, 200}


def test_a_hung_replica_does_not_answer_and_comes_back(start_replica: Any) -> None:
    replica = start_replica()
    os.killpg(replica.process.pid, signal.SIGSTOP)
    with pytest.raises(openai.APITimeoutError):
        replica.client.with_options(timeout=0.5).models.list()
    os.killpg(replica.process.pid, signal.SIGCONT)
    replica.wait_ready(5)


def error_of(replica: Any) -> str:
    """The one line that a replica ends with, and its exit code 1."""
    assert replica.process.wait(20) == 1
    return str(replica.log().splitlines()[-1])


def test_a_taken_port_is_one_clear_line(start_replica: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        began = time.monotonic()
        error = error_of(start_replica(port=port, ready=False))
    taken_port = f"error: port {port} on 127.0.0.1 is taken"
    assert error == f"{taken_port}; stop the process that listens there, or give another --port"
    assert time.monotonic() - began < 10


def test_weights_that_cannot_be_served_are_one_clear_line(
    start_replica: Any, tmp_path: Path, lora: Path
) -> None:
    missing = tmp_path / "none.gguf"
    assert f"error: {missing} does not exist" in error_of(
        start_replica("--weights", str(missing), ready=False)
    )
    as_model = start_replica("--weights", str(lora), ready=False)
    assert f"error: {lora} holds a GGUF of type 'adapter'" in error_of(as_model)
    no_adapter = start_replica("--adapter", f"a={missing}", ready=False)
    assert f"error: {missing} does not exist" in error_of(no_adapter)


def test_bad_flags_are_refused_by_name(start_replica: Any) -> None:
    replica = start_replica("--concurrency", "0", ready=False)
    assert replica.process.wait(20) == 2
    assert "--concurrency: must be at least 1" in replica.log()
