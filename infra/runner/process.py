"""The engine's process: apart from the terminal's signals, and outliving us if we are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

import psutil

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True, slots=True)
class Finished:
    """How the engine ended. `interrupted` counts the stop signals that came while it ran."""

    code: int
    stdout: str
    stderr: str
    interrupted: int


def run_engine(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], on_interrupt: Callable[[int], None]
) -> Finished:
    """Run the engine to its end.

    It has its own process group, so that a Ctrl-C at the terminal reaches it once, through us: the first stop
    signal lets it finish its current step, the second makes it stop at once, the third kills it. Its output goes
    to memory files, not pipes: if we are killed it goes on and saves the state instead of dying of a broken pipe.

    Args:
        on_interrupt: called with 1, 2, 3 for each stop signal, between two steps of the main thread.
    """
    with _memory_file("stdout") as out, _memory_file("stderr") as err:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            process_group=0,
        )
        with _stop_signals(process, on_interrupt) as interrupted:
            code = process.wait()
        return Finished(code, _content(out), _content(err), interrupted())


def _memory_file(name: str) -> IO[bytes]:
    return os.fdopen(os.memfd_create(f"llmdeploy-engine-{name}", os.MFD_CLOEXEC), "w+b")


def _content(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode(errors="replace")


@contextmanager
def _stop_signals(
    process: subprocess.Popen[bytes], on_interrupt: Callable[[int], None]
) -> Iterator[Callable[[], int]]:
    """Pass stop signals on to the engine. Only the main thread can receive them; elsewhere nothing changes."""
    count = 0

    def passed_on(number: int, frame: FrameType | None) -> None:
        nonlocal count
        count += 1
        _stop(process, hard=count > 2)
        on_interrupt(count)

    if threading.current_thread() is not threading.main_thread():
        yield lambda: count
        return
    before = {number: signal.signal(number, passed_on) for number in _STOP_SIGNALS}
    try:
        yield lambda: count
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _stop(process: subprocess.Popen[bytes], hard: bool) -> None:
    if process.returncode is not None:
        return
    if not hard:
        process.send_signal(signal.SIGINT)
        return
    # The engine cannot take its plugins along when it is killed.
    plugins = _plugins(process.pid)
    process.kill()
    for plugin in plugins:
        plugin.terminate()


def _plugins(engine: int) -> list[psutil.Process]:
    try:
        return psutil.Process(engine).children()
    except psutil.NoSuchProcess:
        return []
