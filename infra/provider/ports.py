"""Ports on the loopback: chosen free, never taken from under a neighbour."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Iterable
from typing import Any

from llmdeploy.infra.provider.errors import LocalError

HOST = "127.0.0.1"
RANGE = range(20_000, 32_000)
"""Below 32768, where Linux begins to hand out ports to outgoing connections (ip(7), ip_local_port_range)."""

RELEASE_S = 1.0

_chosen: set[int] = set()
_lock = threading.Lock()


def choose_port() -> int:
    """A free port that no other resource of this run has been given.

    Raises:
        LocalError: no port of the range is free.
    """
    with _lock:
        for port in random.sample(RANGE, len(RANGE)):
            if port not in _chosen and is_free(port):
                _chosen.add(port)
                return port
    raise LocalError(f"no free port on {HOST} from {RANGE.start} to {RANGE.stop - 1}", "end some processes")


def is_free(port: int) -> bool:
    """Whether a server could listen on the port now. Connections of an earlier one in TIME_WAIT do not
    count.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen()
        except OSError:
            return False
    return True


def is_taken(port: int, own: Iterable[int]) -> bool:
    """Whether a process other than these (and their children) listens on the port.

    A killed process lets go of its ports a moment after it is seen dead, so a port is given that moment.
    """
    deadline = time.monotonic() + RELEASE_S
    while not is_free(port):
        if any(listens(port, pid) for pid in own):
            return False
        if time.monotonic() > deadline:
            return True
        time.sleep(0.02)
    return False


def holder(port: int) -> tuple[int, str] | None:
    """The pid and name of the process that listens on the port, when the system tells us."""
    import psutil

    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        return None
    for connection in connections:
        if _is_listener(connection, port) and connection.pid:
            try:
                return connection.pid, psutil.Process(connection.pid).name()
            except psutil.NoSuchProcess:
                return None
    return None


def describe_holder(port: int) -> str:
    """`process 4242 (python3)`, or `another process`."""
    found = holder(port)
    return f"process {found[0]} ({found[1]})" if found else "another process"


def listens(port: int, pid: int | None) -> bool:
    """Whether the process, or one that it started, listens on the port."""
    import psutil

    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return any(
            _is_listener(connection, port)
            for member in family
            for connection in member.net_connections(kind="tcp")
        )
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _is_listener(connection: Any, port: int) -> bool:
    return bool(connection.status == "LISTEN" and connection.laddr[1] == port)
