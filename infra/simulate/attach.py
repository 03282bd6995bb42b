"""The simulated clouds at an engine's service."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from llmdeploy.infra.home import Home
from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.rest.variables import ADDRESS, TOKEN

VARIABLE: Final = "PULUMI_DEBUG_PROVIDERS"
_LOG: Final = "serve.log"
_END_S: Final = 5.0


def folder_of(home: Home, stack: str) -> Path:
    """Where the simulated clouds of a stack are kept."""
    return home.root / "simulated" / stack


def live_folder(home: Home, stack: str) -> Path:
    """Where the live simulation of a stack has its files."""
    return home.root / "live" / stack


@contextmanager
def attach(home: Home, stack: str) -> Iterator[dict[str, str]]:
    """Serve the simulated clouds of a stack while the block runs.

    Yields the environment variables with which an engine talks to them instead of to the real providers, and
    our own provider plugin to them instead of to the real clouds.

    Raises:
        SimulationError: they cannot be served.
    """
    folder = folder_of(home, stack)
    process = _start(folder)
    try:
        yield _variables(process, folder)
    finally:
        _end(process)


def _start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "llmdeploy.infra.simulate.serve", str(folder)]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / _LOG).open("w") as log:
        # A group of its own: Ctrl-C is the engine's matter, which still needs the clouds to finish its step.
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, process_group=0)


def _variables(process: subprocess.Popen[str], folder: Path) -> dict[str, str]:
    line = process.stdout.readline().strip() if process.stdout else ""
    if not line:
        told = (folder / _LOG).read_text(errors="replace")
        raise SimulationError(
            f"the simulated clouds do not start: {told.strip().rpartition(chr(10))[2]}",
            "install the extra: pip install 'llmdeploy-stacks[simulate]'",
        )
    return dict(zip((VARIABLE, ADDRESS, TOKEN), line.split(), strict=True))


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=_END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
