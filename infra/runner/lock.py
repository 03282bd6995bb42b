"""One operation a stack at a time on this machine: a lock that the system releases when its holder dies."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from llmdeploy.infra.errors import StackLocked


@contextmanager
def stack_lock(folder: Path, stack: str, command: Sequence[str] = ()) -> Iterator[bool]:
    """Hold the stack for the time of the block. Yields whether the holder before stopped half-way.

    Args:
        folder: where the lock files are (`Home.locks`).
        command: what is said to the next one who wants the stack; default: how this process was started.

    Raises:
        StackLocked: somebody else holds it: says who, with what command, since when.
    """
    descriptor = os.open(folder / f"{stack}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _locked(stack, os.pread(descriptor, 4096, 0)) from None
        unclean = bool(os.pread(descriptor, 1, 0))
        _write(descriptor, json.dumps(_ourselves(command)))
        yield unclean
        # Left in place when the block raises or we are killed: the next holder then looks for leftovers.
        _write(descriptor, "")
    finally:
        os.close(descriptor)


def at_work(folder: Path, stack: str) -> str:
    """Who works on the stack, as a command with its pid; empty when nobody on this machine does.

    Only read, never held: a look must not be in the way of who wants to work.
    """
    try:
        holder = json.loads((folder / f"{stack}.lock").read_text())
        return f"`{holder['command']}` (pid {holder['pid']})" if _lives(holder) else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _lives(holder: dict[str, Any]) -> bool:
    """Whether the process that wrote this still runs, and is no later one with its pid."""
    import psutil

    try:
        created = psutil.Process(int(holder["pid"])).create_time()
    except psutil.Error:
        return False
    return created <= datetime.fromisoformat(holder["since"]).timestamp() + 1


def _write(descriptor: int, text: str) -> None:
    os.ftruncate(descriptor, 0)
    # The lock holds without its text: a full disk is for the engine to report.
    with suppress(OSError):
        os.pwrite(descriptor, text.encode(), 0)


def _ourselves(command: Sequence[str]) -> dict[str, object]:
    return {
        "pid": os.getpid(),
        "user": getpass.getuser(),
        "command": shlex.join(command or [Path(sys.argv[0]).name, *sys.argv[1:]]),
        "since": datetime.now().astimezone().isoformat(timespec="seconds"),
    }


def _locked(stack: str, content: bytes) -> StackLocked:
    try:
        holder = json.loads(content)
        who = f"`{holder['command']}` (pid {holder['pid']}, user {holder['user']}, since {holder['since']})"
    except (ValueError, KeyError, TypeError):
        who = "another llmdeploy that is just starting"
    return StackLocked(
        f"stack {stack} is in use by {who}", "wait for it to end, or stop it with Ctrl-C there"
    )
