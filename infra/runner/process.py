"""The engine's process: apart from the terminal's signals, and outliving us if we are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

import psutil

from llmdeploy.infra.errors import EngineFailed

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)

_INSIST_S = 0.5


@dataclass(frozen=True, slots=True)
class Finished:
    """How the engine ended; `interrupted` when a stop signal came while it ran."""

    code: int
    stdout: str
    stderr: str
    interrupted: bool


def run_engine(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], on_interrupt: Callable[[int], None]
) -> Finished:
    """Run the engine to its end.

    It has its own process group, so that a Ctrl-C at the terminal reaches it once, through us: the first
    stop signal lets it finish its current step, the second makes it stop at once, the third kills it. Its
    output goes to memory files, not pipes: if we are killed it goes on and saves the state instead of dying
    of a broken pipe.

    Args:
        on_interrupt: called with 1, 2, 3 for each stop signal, between two steps of the main thread.

    Raises:
        EngineFailed: the system could not start it.
    """
    with (
        _memory_file("stdout") as out,
        _memory_file("stderr") as err,
        _stop_signals(_Stopper(on_interrupt)) as stopper,
    ):
        process = _start(command, folder, environ, out, err)
        stopper.attach(process)
        code = process.wait()
        return Finished(code, _content(out), _content(err), interrupted=stopper.count > 0)


def _start(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], out: IO[bytes], err: IO[bytes]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            process_group=0,
        )
    except OSError as error:
        raise EngineFailed(
            f"the Pulumi engine {command[0]} cannot be started: {error.strerror}",
            "remove it, then run `llmdeploy engine install`",
        ) from error


def _memory_file(name: str) -> IO[bytes]:
    return os.fdopen(os.memfd_create(f"llmdeploy-engine-{name}", os.MFD_CLOEXEC), "w+b")


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


class _Stopper:
    """Passes stop signals on to the engine, also those that come before it has started."""

    def __init__(self, on_interrupt: Callable[[int], None]) -> None:
        self.count = 0
        self._on_interrupt = on_interrupt
        self._process: subprocess.Popen[bytes] | None = None

    def attach(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        if self.count:
            process.send_signal(signal.SIGINT)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self._process is not None:
            _stop(self._process, self.count)
        self._on_interrupt(self.count)


@contextmanager
def _stop_signals(stopper: _Stopper) -> Iterator[_Stopper]:
    """Let the stopper have them. Only the main thread can receive signals; in another none come."""
    if threading.current_thread() is not threading.main_thread():
        yield stopper
        return
    before = {number: signal.signal(number, stopper) for number in _STOP_SIGNALS}
    try:
        yield stopper
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(process: subprocess.Popen[bytes], count: int) -> None:
    if process.returncode is not None:
        return
    if count == 1:
        process.send_signal(signal.SIGINT)
    elif count == 2:
        threading.Thread(target=_insist, args=(process,), daemon=True).start()
    else:
        # The engine cannot take its plugins along when it is killed.
        plugins = _plugins(process.pid)
        process.kill()
        for plugin in plugins:
            plugin.terminate()


def _insist(process: subprocess.Popen[bytes]) -> None:
    """Two signals close together can reach the engine as one: the second is sent until it has stopped."""
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(_INSIST_S)


def _plugins(engine: int) -> list[psutil.Process]:
    try:
        return psutil.Process(engine).children()
    except psutil.NoSuchProcess:
        return []
