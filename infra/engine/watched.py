"""A long command, watched: a progress line every 2 seconds, a time limit, and nothing left when we stop."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from llmdeploy.infra.engine.found import Progress

_SAY_EVERY_S = 1.5
_TAIL_LINES = 3


class CommandFailed(Exception):
    """The command ended badly or took too long; the text is the end of what it said."""


def run_watched(
    command: Sequence[str],
    folder: Path,
    environ: Mapping[str, str],
    progress: Progress,
    describe: Callable[[Sequence[str]], str],
    timeout_s: float,
) -> None:
    """Run the command to its end.

    Args:
        describe: what to say of the lines that the command printed so far; elapsed time is added.
        timeout_s: after that it is killed, in seconds.

    Raises:
        CommandFailed: see there.
    """
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(process, output, progress, describe, timeout_s)
        finally:
            _end(process)
        if process.returncode != 0:
            raise CommandFailed(
                " | ".join(_lines(output)[-_TAIL_LINES:]) or f"exit code {process.returncode}"
            )


def elapsed(seconds: float) -> str:
    """`8 s`, `2 min 05 s`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


def _wait(
    process: subprocess.Popen[bytes],
    output: IO[str],
    progress: Progress,
    describe: Callable[[Sequence[str]], str],
    timeout_s: float,
) -> None:
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < timeout_s:
        progress(f"{describe(_lines(output))}, {elapsed(passed)}")
        with suppress(subprocess.TimeoutExpired):
            process.wait(_SAY_EVERY_S)
            return
    raise CommandFailed(f"not ready after {elapsed(timeout_s)}")


def _lines(output: IO[str]) -> list[str]:
    # The child writes through its own copy of the descriptor: read without moving the shared offset.
    size = os.fstat(output.fileno()).st_size
    return os.pread(output.fileno(), size, 0).decode(errors="replace").splitlines()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Nothing of the command is left, also when the user pressed Ctrl-C or the time was up."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
