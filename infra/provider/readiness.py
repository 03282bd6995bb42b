"""Waiting until a program answers its health check, and saying why it never will."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from pathlib import Path

from llmdeploy.infra.provider import files, ports, program_files, programs
from llmdeploy.infra.provider.errors import ProcessFailed
from llmdeploy.infra.provider.programs import Sight
from llmdeploy.infra.provider.work import Work

PROBE_TIMEOUT_S = 2.0
EXITS_ALLOWED = 1
"""One exit may be bad luck; a program that exits twice while it starts will go on doing so."""


def answers(port: int, path: str, headers: dict[str, str] | None = None) -> bool:
    """Whether GET `path` on the port answers 200 within two seconds."""
    connection = http.client.HTTPConnection(ports.HOST, port, timeout=PROBE_TIMEOUT_S)
    try:
        connection.request("GET", path, headers=headers or {})
        response = connection.getresponse()
        # Read to its end: closing before would reset the connection, and servers log that.
        response.read()
        return response.status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait_ready(
    folder: Path, name: str, ready: Callable[[Sight], bool], timeout_s: float, doing: str, work: Work
) -> Sight:
    """Wait until the program runs and `ready` says so of it.

    Raises:
        ProcessFailed: it exits twice, is given up, or is not ready after `timeout_s` seconds; with its last
        log lines. Cancelled: the user interrupted.
    """
    exits = {programs.look(folder, name).last_exit}
    for _ in work.ticks(timeout_s, lambda: f"{name}: {doing}"):
        sight = programs.look(folder, name)
        exits.add(sight.last_exit)
        if sight.status == "failed" or len(exits) > EXITS_ALLOWED + 1:
            raise _failed(folder, name, "exited as soon as it was started, again and again")
        if sight.status in ("running", "starting") and ready(sight):
            return sight
    raise _failed(folder, name, f"was not ready after {timeout_s:.0f} s ({doing})")


def _failed(folder: Path, name: str, what: str) -> ProcessFailed:
    log = program_files.log_file(folder, name)
    lines = files.last_lines(log)
    said = f"its last log lines:\n{lines}" if lines else "it wrote nothing to its log"
    return ProcessFailed(
        f"{name} {what}; {said}", f"mend what the log says and run the same command again ({log})"
    )
