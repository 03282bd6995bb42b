"""Starts the engine as a child process, waits for it to be ready, ends it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from llmdeploy.infra.replica.engine import EngineSettings
from llmdeploy.infra.replica.settings import ReplicaSettings
from llmdeploy.serving.errors import LlmdeployError

_STOP_TIMEOUT_S = 1.0


@asynccontextmanager
async def running_engine(settings: ReplicaSettings, model: Path) -> AsyncIterator[EngineProcess]:
    """The engine with `model` loaded; ended, with what still runs in it, on leaving.

    Raises:
        LlmdeployError: the model cannot be loaded.
    """
    with _private_folder(settings) as folder, contextlib.ExitStack() as held:
        engine = await EngineProcess.start(settings, model, folder / _SOCKET)
        try:
            await engine.ready()
            engine.socket = held.enter_context(_without_a_name(engine.socket))
            yield engine
        finally:
            await engine.stop()


class EngineProcess:
    """The engine of one replica, listening on the unix socket `socket`."""

    def __init__(self, process: asyncio.subprocess.Process, socket: Path) -> None:
        self._process = process
        self.socket = socket

    @classmethod
    async def start(cls, settings: ReplicaSettings, model: Path, socket: Path) -> EngineProcess:
        """Start loading `model`. What the engine has to say goes to our standard error."""
        engine = EngineSettings(
            model=str(model),
            socket=str(socket),
            alias=settings.served_model_name,
            context_length=settings.context_length,
            slots=settings.concurrency,
            threads=settings.threads,
            adapters=tuple(str(adapter.path) for adapter in settings.adapters),
        )
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "llmdeploy.infra.replica.engine", engine.to_json()),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return cls(process, socket)

    async def ready(self) -> None:
        """Wait until the model is loaded.

        Raises:
            LlmdeployError: the engine ended instead.
        """
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            if line == b"ready\n":
                return
        code = await self._process.wait()
        raise LlmdeployError(
            f"the engine ended with code {code} while it loaded the model",
            "see its lines above; an adapter made for another model, a GGUF of a kind it does not know, "
            "and too little memory are the usual causes",
        )

    async def ended(self) -> int:
        """Wait until the engine has ended by itself, and return its exit code."""
        return await self._process.wait()

    async def stop(self) -> None:
        """End the engine. Requests still running in it are cut."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _STOP_TIMEOUT_S)
        if self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


_SOCKET = "engine.sock"  # llama.cpp takes a host that ends in .sock for a unix socket


@contextmanager
def _without_a_name(socket: Path) -> Iterator[Path]:
    """A path to `socket` through this process alone; the file and its folder are removed.

    So nothing is left behind, even by kill -9, and nobody else can connect. Only Linux can do so: elsewhere
    the file stays until the replica ends.
    """
    if not hasattr(os, "O_PATH"):
        yield socket
        return
    descriptor = os.open(socket, os.O_PATH)
    try:
        shutil.rmtree(socket.parent)
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


@contextmanager
def _private_folder(settings: ReplicaSettings) -> Iterator[Path]:
    """A folder that only this user can enter, named after the port, so that kills leave no more than one.

    Raises:
        LlmdeployError: the folder is there and belongs to someone else.
    """
    folder = Path(tempfile.gettempdir()) / f"llmdeploy-engine-{os.getuid()}-{settings.host}-{settings.port}"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise LlmdeployError(f"{folder} is in the way and cannot be removed", "remove it") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
