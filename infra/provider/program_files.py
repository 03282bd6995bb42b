"""The files of one supervised program: how supervisord starts it, and what it is started with."""

from __future__ import annotations

import json
import math
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from llmdeploy.infra.provider import files, processes, supervisord

LAUNCHER = Path(__file__).with_name("launch.py")
START_RETRIES = 20
"""Quick exits in a row before supervisord gives up; it waits one second longer after each, 3.5 minutes in
all.
"""
KILL_GRACE_S = 5
"""Seconds past the drain before a program is killed: its exit takes time too."""
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
    adapters: tuple[str, ...] | None = None
    """Words in the place of `{adapters}` in the command. Others are no other configuration: the program that
    runs is told of them, and starts with them the next time."""

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
        # Mappings come from the engine in another order each time, which must not be another configuration.
        environment = dict(sorted(self.environment.items()))
        return {"command": self.command, "environment": environment, "ports": dict(self.ports)}

    @property
    def _supervision(self) -> str:
        launcher = shlex.join(
            [sys.executable, "-I", "-S", str(LAUNCHER), str(launch_file(self.folder, self.name))]
        )
        return _TEMPLATE.format(
            name=self.name,
            command=launcher.replace("%", "%%"),
            folder=self.folder,
            log=log_file(self.folder, self.name),
            retries=START_RETRIES,
            stop_wait=stop_wait_s(self.drain_s),
        )

    @property
    def _launch(self) -> str:
        environment = {**self._content["environment"], processes.MARK: str(self.mark)}
        adapters = {} if self.adapters is None else {"adapters": self.adapters}
        return json.dumps({**self._content, "environment": environment, **adapters}, indent=1) + "\n"

    def write(self) -> None:
        """Write the program's files where they are not so already."""
        files.write_private(launch_file(self.folder, self.name), self._launch)
        files.write_private(supervision_file(self.folder, self.name), self._supervision)


def log_file(folder: Path, name: str) -> Path:
    """Where the program's output goes."""
    return folder / supervisord.LOGS / f"{name}.log"


def config_on_disk(folder: Path, name: str) -> str:
    """The digest of the program's files as they are; `missing` when one is."""
    return _digest(
        files.read_text(supervision_file(folder, name)), files.read_text(launch_file(folder, name))
    )


def ports_on_disk(folder: Path, name: str) -> dict[str, int]:
    """The ports in the program's launch file; none where it is missing or damaged."""
    found = launch_content(folder, name)["ports"]
    return {key: port for key, port in found.items() if isinstance(port, int)}


def stop_wait_s(drain_s: float) -> int:
    """Seconds that supervisord waits, in whole ones, before it kills a program that was asked to stop."""
    return math.ceil(drain_s) + KILL_GRACE_S


def launch_content(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """The `environment` and `ports` of the program's launch file; empty where it is missing or damaged."""
    try:
        content = json.loads(files.read_text(launch_file(folder, name)) or "{}")
        return {key: dict(content.get(key, {})) for key in ("environment", "ports")}
    except (ValueError, TypeError, AttributeError):
        return {"environment": {}, "ports": {}}


def _digest(supervision: str | None, launch: str | None) -> str:
    return files.MISSING if supervision is None or launch is None else files.digest(supervision + launch)


def supervision_file(folder: Path, name: str) -> Path:
    """What supervisord reads of the program."""
    return folder / supervisord.PROGRAMS / f"{name}.conf"


def launch_file(folder: Path, name: str) -> Path:
    """What the program is started with; holds its environment, which may be secret."""
    return folder / supervisord.PROGRAMS / f"{name}.json"
