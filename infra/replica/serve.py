"""The life of a replica: take the port, load, answer, drain, end."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
import socket
import time
from pathlib import Path

from aiohttp import web

from llmdeploy.infra.replica.engine_process import running_engine
from llmdeploy.infra.replica.front import Front
from llmdeploy.infra.replica.relay import Relay
from llmdeploy.infra.replica.settings import ReplicaSettings
from llmdeploy.serving.errors import LlmdeployError

_log = logging.getLogger("llmdeploy.replica")

_CUT_TIMEOUT_S = 0.2  # for connections that are cut anyway
_BACKLOG = 512


def take_port(host: str, port: int) -> socket.socket:
    """Listen on `port`, before anything slow is done.

    Raises:
        LlmdeployError: the port is taken, or this machine has no such address.
    """
    try:
        return socket.create_server((host, port), backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise LlmdeployError(
                f"port {port} on {host} is taken",
                "stop the process that listens there, or give another --port",
            ) from None
        raise LlmdeployError(f"cannot listen on {host}:{port}: {error.strerror or error}") from None


async def serve(settings: ReplicaSettings, listening: socket.socket, model: Path, weights: str) -> None:
    """Serve the GGUF file `model` until SIGTERM or SIGINT, then drain.

    Args:
        weights: what the model is, in words, for metrics and the log.

    Raises:
        LlmdeployError: the model cannot be loaded, or the engine ended by itself.
    """
    signals = _Signals()
    front = Front(settings, weights)
    runner = web.AppRunner(
        front.application(), handler_cancellation=True, access_log=None, shutdown_timeout=_CUT_TIMEOUT_S
    )
    await runner.setup()
    await web.SockSite(runner, listening).start()
    life = asyncio.create_task(_live(front, model, weights))
    try:
        await _first_of(life, signals.first)
        if life.done():
            life.result()
        await _drain(front, signals.second)
    finally:
        await runner.cleanup()
        await _cancelled(life)


async def _live(front: Front, model: Path, weights: str) -> None:
    """Load, answer, and raise when the engine ends by itself."""
    settings = front.settings
    began = time.perf_counter()
    async with (
        running_engine(settings, model) as engine,
        Relay(engine.socket, settings.served_model_name, front.misbehaviour) as relay,
    ):
        await front.open(relay)
        _log.info(
            "ready in %.2f s: llama.cpp with %s weights as %s on %s:%d",
            *(time.perf_counter() - began, weights, settings.served_model_name, settings.host, settings.port),
        )
        code = await engine.ended()
        raise LlmdeployError(f"the engine ended by itself with code {code}", "see its lines above")


async def _drain(front: Front, hurry: asyncio.Event) -> None:
    """Let what is in flight finish, until the time is up or a second signal comes."""
    front.drain()
    _log.info("draining: %d requests in flight", front.admission.in_flight)
    idle = asyncio.create_task(front.admission.idle())
    await _first_of(idle, hurry, timeout_s=front.settings.drain_timeout_s)
    await _cancelled(idle)
    if cut := front.admission.in_flight:
        _log.warning("cut %d requests that had not finished", cut)


class _Signals:
    """The first and the second SIGTERM or SIGINT."""

    def __init__(self) -> None:
        self.first, self.second = asyncio.Event(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._received)

    def _received(self) -> None:
        (self.second if self.first.is_set() else self.first).set()


async def _first_of(task: asyncio.Task[None], event: asyncio.Event, timeout_s: float | None = None) -> None:
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait({task, waiting}, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    await _cancelled(waiting)


async def _cancelled(task: asyncio.Task[None] | asyncio.Task[bool]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError, LlmdeployError):
        await task
