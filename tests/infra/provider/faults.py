"""Ending processes for good, and waiting until they are gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import psutil


def kill(*pids: int | None) -> None:
    """SIGKILL each, one after the other, and wait until it is dead."""
    for pid in pids:
        assert pid, "the process to kill does not run"
        process = psutil.Process(pid)
        process.kill()
        wait_until(partial(_gone, process), 5)


def wait_until(condition: Callable[[], bool], timeout_s: float = 10) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def _gone(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
