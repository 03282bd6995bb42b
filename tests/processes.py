"""The processes that a test has started, also those that it never saw."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil


def processes_of(folder: Path) -> Iterator[psutil.Process]:
    """Every living process that was told of a folder, or stands in it."""
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            seen = (*process.cmdline(), *process.environ().values(), process.cwd())
            living = process.status() != psutil.STATUS_ZOMBIE
        except (psutil.Error, OSError):
            continue
        if living and any(str(folder) in text for text in seen):
            yield process


def kill_all_of(folder: Path) -> None:
    """End them, and wait until they have ended."""
    left = list(processes_of(folder))
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=5)
