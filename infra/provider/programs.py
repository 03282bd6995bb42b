"""One supervised program: its start and stop, and what can be seen of it."""

from __future__ import annotations

import xmlrpc.client
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil

from llmdeploy.infra.provider import processes, supervisord
from llmdeploy.infra.provider.errors import SupervisorFailed
from llmdeploy.infra.provider.program_files import (
    Program,
    launch_content,
    launch_file,
    log_file,
    stop_wait_s,
    supervision_file,
)
from llmdeploy.infra.provider.unix_rpc import supervisor_rpc
from llmdeploy.infra.provider.work import Work

Status = Literal[
    "running", "starting", "suspended", "crashing", "failed", "stopped", "outdated", "unsupervised"
]
"""What a program does. `suspended`: by a signal; `crashing`: again and again; `failed`: for good; `outdated`:
runs with another configuration than the file's; `unsupervised`: no supervisord watches over it."""

REAP_S = 10
"""Seconds that a killed program may take to be gone."""


_BAD_NAME, _NOT_RUNNING = 10, 70
"""supervisor.xmlrpc.Faults."""

_STATUS: dict[str, Status] = {
    "RUNNING": "running",
    "STARTING": "starting",
    "BACKOFF": "crashing",
    "EXITED": "crashing",
    "FATAL": "failed",
    "STOPPED": "stopped",
    "STOPPING": "stopped",
    "UNKNOWN": "stopped",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """A program as it is now. `last_exit` tells one exit from the next: seconds since the epoch of the last
    one.
    """

    status: Status
    pid: int | None = None
    last_exit: int = 0


def look(folder: Path, name: str) -> Sight:
    """What the program does now."""
    try:
        info: dict[str, Any] = supervisor_rpc(supervisord.socket_of(folder)).getProcessInfo(name)
    except xmlrpc.client.Fault:
        return Sight("stopped")
    except OSError:
        orphan = next((p for p, mark in _processes(folder, name)), None)
        return Sight("unsupervised", orphan.pid if orphan else None)
    status = _STATUS[info["statename"]]
    if info["pid"] and status in ("running", "starting"):
        status = _status_of_process(folder, name, info["pid"], status)
    return Sight(status, info["pid"] or None, info["stop"])


def pids(folder: Path, name: str) -> list[int]:
    """The processes of the program, whoever watches over them."""
    return [process.pid for process, _ in _processes(folder, name)]


def start(program: Program, work: Work) -> bool:
    """Have the program run with its configuration; False when it did so already and was left alone.

    Raises:
        SupervisorFailed: supervisord does not answer or refuses the configuration.
    """
    folder, name = program.folder, program.name
    program.write()
    rpc = supervisor_rpc(supervisord.socket_of(folder))
    try:
        [[_, changed, _]] = rpc.reloadConfig()
        if name not in changed and _runs(program):
            return False
        stop(folder, name, program.drain_s, work)
        rpc.addProcessGroup(name)
    except (OSError, xmlrpc.client.Fault) as error:
        raise SupervisorFailed(
            f"supervisord in {folder} did not take {name}: {error}",
            "run `llmdeploy up` again: it mends supervisord",
        ) from error
    return True


def stop(folder: Path, name: str, drain_s: float, work: Work) -> None:
    """End the program and all its processes, letting it finish its work for `drain_s` seconds. May be
    repeated.
    """
    found = [process for process, _ in _processes(folder, name)]
    _stop_supervised(folder, name, found, drain_s, work)
    processes.end_processes((process for process, _ in _processes(folder, name)), drain_s)


def remove(folder: Path, name: str, drain_s: float, work: Work) -> None:
    """End the program and remove its files, but not its log. May be repeated."""
    supervision_file(folder, name).unlink(missing_ok=True)
    stop(folder, name, drain_s, work)
    launch_file(folder, name).unlink(missing_ok=True)


def remove_log(folder: Path, name: str) -> None:
    """Remove the program's log, also what rotation set aside."""
    log = log_file(folder, name)
    for path in (log, *log.parent.glob(f"{log.name}.*")):
        path.unlink(missing_ok=True)


def _stop_supervised(folder: Path, name: str, found: list[Any], drain_s: float, work: Work) -> None:
    rpc = supervisor_rpc(supervisord.socket_of(folder))
    try:
        _tolerate(rpc.stopProcess, name, False)
        processes.resume(found)
        # An interrupt must not leave a half-stopped program: stopping is bounded, so it is waited for.
        patient = Work(work.report)
        for _ in patient.ticks(stop_wait_s(drain_s) + REAP_S, lambda: f"{name}: finishing its requests"):
            info = _tolerate(rpc.getProcessInfo, name)
            if not info or not info["pid"]:
                break
        _tolerate(rpc.removeProcessGroup, name)
    except OSError:
        return


def _tolerate(call: Any, *arguments: Any) -> Any:
    """Call supervisord; a program that it does not know, or that does not run, is what we want."""
    try:
        return call(*arguments)
    except xmlrpc.client.Fault as fault:
        if fault.faultCode not in (_BAD_NAME, _NOT_RUNNING):
            raise SupervisorFailed(f"supervisord refused {arguments[0]}: {fault.faultString}") from fault
        return None


def _runs(program: Program) -> bool:
    """Whether the program's process is the one that these files describe. One that hides its mark is not."""
    sight = look(program.folder, program.name)
    if sight.status not in ("running", "starting") or not sight.pid:
        return False
    try:
        return processes.mark_of(psutil.Process(sight.pid)) == program.mark
    except psutil.NoSuchProcess:
        return False


def _status_of_process(folder: Path, name: str, pid: int, status: Status) -> Status:
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_STOPPED:
            return "suspended"
        mark = processes.mark_of(process)
    except psutil.NoSuchProcess:
        return "crashing"
    wanted = launch_content(folder, name)["environment"].get(processes.MARK)
    return "outdated" if mark and wanted and str(mark) != wanted else status


def _processes(folder: Path, name: str) -> list[tuple[Any, processes.Mark]]:
    return [
        (p, mark)
        for p, mark in processes.marked_processes(folder)
        if (mark.folder, mark.name) == (folder, name)
    ]
