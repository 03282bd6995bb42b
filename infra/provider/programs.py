"""One supervised program: its files, its start and stop, and what can be seen of it."""

from __future__ import annotations

import json
import math
import shlex
import sys
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import psutil

from llmdeploy.infra.provider import files, processes, supervisord
from llmdeploy.infra.provider.errors import SupervisorFailed
from llmdeploy.infra.provider.unix_rpc import supervisor_rpc
from llmdeploy.infra.provider.work import Work

Status = Literal[
    "running", "starting", "suspended", "crashing", "failed", "stopped", "outdated", "unsupervised"
]
"""What a program does: `suspended` by a signal, `crashing` again and again, `failed` for good, `outdated`
when it
runs with another configuration than the file's, `unsupervised` when no supervisord watches over it."""

LAUNCHER = Path(__file__).with_name("launch.py")
START_RETRIES = 20
"""Quick exits in a row before supervisord gives up; it waits one second longer after each, 3.5 minutes in
all.
"""
KILL_GRACE_S = 5
"""Seconds past the drain before a program is killed: its exit takes time too."""

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

_TEMPLATE = """\
; Written by llmdeploy; changes are seen as drift and undone by the next `llmdeploy up`.
[program:{name}]
command = {command}
directory = {folder}
autostart = true
autorestart = true
startsecs = 1
startretries = {retries}
stopsignal = TERM
stopwaitsecs = {stop_wait}
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
"""


@dataclass(frozen=True)
class Program:
    """What supervisord keeps alive: `command` with `environment`, given `drain_s` seconds to finish its
    work.
    """

    folder: Path
    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ports: Mapping[str, int]
    drain_s: float

    @cached_property
    def config(self) -> str:
        """The digest of what the program's files should hold."""
        return _digest(self._supervision, self._launch)

    @cached_property
    def mark(self) -> processes.Mark:
        """How its processes are told from those of another configuration."""
        return processes.Mark(
            self.folder, self.name, files.digest(self._supervision + json.dumps(self._content))
        )

    @property
    def _content(self) -> dict[str, Any]:
        return {"command": self.command, "environment": dict(self.environment), "ports": dict(self.ports)}

    @property
    def _supervision(self) -> str:
        launcher = shlex.join(
            [sys.executable, "-I", "-S", str(LAUNCHER), str(_launch_file(self.folder, self.name))]
        )
        return _TEMPLATE.format(
            name=self.name,
            command=launcher.replace("%", "%%"),
            folder=str(self.folder).replace("%", "%%"),
            log=str(log_file(self.folder, self.name)).replace("%", "%%"),
            retries=START_RETRIES,
            stop_wait=math.ceil(self.drain_s) + KILL_GRACE_S,
        )

    @property
    def _launch(self) -> str:
        environment = {**self.environment, processes.MARK: str(self.mark)}
        return json.dumps({**self._content, "environment": environment}, indent=1) + "\n"

    def write(self) -> None:
        """Write the program's files where they are not so already."""
        files.write_private(_launch_file(self.folder, self.name), self._launch)
        files.write_private(_supervision_file(self.folder, self.name), self._supervision)


@dataclass(frozen=True, slots=True)
class Sight:
    """A program as it is now. `exits` tells one exit from the next: seconds since the epoch of the last
    one.
    """

    status: Status
    pid: int | None = None
    last_exit: int = 0
    exit_code: int = 0


def log_file(folder: Path, name: str) -> Path:
    """Where the program's output goes."""
    return folder / supervisord.LOGS / f"{name}.log"


def config_on_disk(folder: Path, name: str) -> str:
    """The digest of the program's files as they are; `missing` when one is."""
    return _digest(
        files.read_text(_supervision_file(folder, name)), files.read_text(_launch_file(folder, name))
    )


def ports_on_disk(folder: Path, name: str) -> dict[str, int]:
    """The ports in the program's launch file; none when it is missing or not readable."""
    return {key: int(port) for key, port in _launch_content(folder, name).get("ports", {}).items()}


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
    return Sight(status, info["pid"] or None, info["stop"], info["exitstatus"])


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
    _stop_supervised(folder, name, found, drain_s + KILL_GRACE_S, work)
    processes.end_processes(found, drain_s)


def remove(folder: Path, name: str, drain_s: float, work: Work) -> None:
    """End the program and remove its files, but not its log. May be repeated."""
    _supervision_file(folder, name).unlink(missing_ok=True)
    stop(folder, name, drain_s, work)
    _launch_file(folder, name).unlink(missing_ok=True)


def remove_log(folder: Path, name: str) -> None:
    """Remove the program's log, also what rotation set aside."""
    log = log_file(folder, name)
    for path in (log, *log.parent.glob(f"{log.name}.*")):
        path.unlink(missing_ok=True)


def _stop_supervised(folder: Path, name: str, found: list[Any], timeout_s: float, work: Work) -> None:
    rpc = supervisor_rpc(supervisord.socket_of(folder))
    try:
        _tolerate(rpc.stopProcess, name, False)
        processes.resume(found)
        # An interrupt must not leave a half-stopped program: stopping is bounded, so it is waited for.
        patient = Work(work.report)
        for _ in patient.ticks(timeout_s, lambda: f"{name}: finishing its requests"):
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
    wanted = _launch_content(folder, name).get("environment", {}).get(processes.MARK)
    return "outdated" if mark and wanted and str(mark) != wanted else status


def _processes(folder: Path, name: str) -> list[tuple[Any, processes.Mark]]:
    return [
        (p, mark)
        for p, mark in processes.marked_processes(folder)
        if (mark.folder, mark.name) == (folder, name)
    ]


def _launch_content(folder: Path, name: str) -> dict[str, Any]:
    try:
        content = json.loads(files.read_text(_launch_file(folder, name)) or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _digest(supervision: str | None, launch: str | None) -> str:
    return files.MISSING if supervision is None or launch is None else files.digest(supervision + launch)


def _supervision_file(folder: Path, name: str) -> Path:
    return folder / supervisord.PROGRAMS / f"{name}.conf"


def _launch_file(folder: Path, name: str) -> Path:
    return folder / supervisord.PROGRAMS / f"{name}.json"
