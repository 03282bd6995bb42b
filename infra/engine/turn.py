"""One process at a time gets the engine; the others wait and say for whom."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from llmdeploy.infra.engine.found import ENGINE_VERSION, Progress
from llmdeploy.infra.engine.watched import elapsed

_SAY_EVERY_S = 1.5


@contextmanager
def our_turn(folder: Path, progress: Progress) -> Iterator[None]:
    """Wait for the turn, and have it for the time of the block. Freed by the system when its holder dies."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{ENGINE_VERSION}.lock")
    holder = folder / f"{ENGINE_VERSION}.holder"
    begun = time.monotonic()
    while not _acquired(lock):
        progress(
            f"waiting for process {_named(holder)}, which is getting Pulumi {ENGINE_VERSION}, "
            f"{elapsed(time.monotonic() - begun)}"
        )
    try:
        holder.write_text(str(os.getpid()))
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=_SAY_EVERY_S)
    except Timeout:
        return False
    return True


def _named(holder: Path) -> str:
    with suppress(OSError):
        return holder.read_text() or "unknown"
    return "unknown"
