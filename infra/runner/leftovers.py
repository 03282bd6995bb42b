"""What an operation that was killed leaves behind: a lock in the backend, operations begun and not ended."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import psutil

from llmdeploy.infra.errors import StackLocked

PATIENCE_S = 60.0
"""How long we wait for an engine that outlived its llmdeploy to finish its step and save, in seconds."""

_TICK_S = 0.2
_SAY_EVERY_S = 2.0

# pkg/v3/backend/diy/lock.go, checkForLock, at v3.259.0.
_HOLDER = re.compile(r"created by (?P<user>.+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")


@dataclass(frozen=True, slots=True)
class BackendHolder:
    """Who holds the backend's own lock on a stack."""

    user: str
    host: str
    pid: int
    since: str

    @property
    def here(self) -> bool:
        """On this machine, so that its process can be looked at."""
        return self.host == socket.gethostname()

    @property
    def alive(self) -> bool:
        """An engine runs under that process id. Always true on another machine: nobody can tell."""
        return not self.here or _is_engine(self.pid)


def holders(text: str) -> tuple[BackendHolder, ...]:
    """All holders that the engine's message about a locked stack names."""
    return tuple(
        BackendHolder(found["user"], found["host"], int(found["pid"]), found["since"])
        for found in _HOLDER.finditer(text)
    )


def wait_for_engines(stack: str, found: tuple[BackendHolder, ...], note: Callable[[str], None]) -> None:
    """Return when all the holders are gone.

    Raises:
        StackLocked: one is on another machine, or is not gone after PATIENCE_S; or the backend (Pulumi Cloud)
            does not say who it is.
    """
    if not found:
        raise still_held(stack, found)
    begun = time.monotonic()
    said = -_SAY_EVERY_S
    while alive := [holder for holder in found if holder.alive]:
        waited = time.monotonic() - begun
        if waited > PATIENCE_S or not alive[0].here:
            raise still_held(stack, alive)
        if waited - said >= _SAY_EVERY_S:
            note(f"waiting for the engine of an earlier run to finish (pid {alive[0].pid}), {waited:.0f} s")
            said = waited
        time.sleep(_TICK_S)


def _is_engine(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.name().startswith("pulumi")
    except psutil.NoSuchProcess:
        return False


def still_held(stack: str, found: Sequence[BackendHolder]) -> StackLocked:
    """The error that says who holds the stack, and how to end that."""
    if not found:
        return StackLocked(f"stack {stack} is in use by another Pulumi engine", "wait for it to end")
    holder = found[0]
    where = "on this machine" if holder.here else f"on {holder.host}"
    stop = (
        f"stop it with `kill -INT {holder.pid}`" if holder.here else "stop it there, or run `pulumi cancel`"
    )
    return StackLocked(
        f"stack {stack} is in use by a Pulumi engine {where} (pid {holder.pid}, user {holder.user}, "
        f"since {holder.since})",
        f"wait for it to end, or {stop}",
    )
