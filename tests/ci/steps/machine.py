"""The machine that a job runs on: its folders, what programs find in their environment, and its artifacts."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[3]
COMMAND = Path(sys.executable).with_name("llmdeploy")

_UV = """#!/bin/bash
# Stands for uv: what it would install is there already.
printf '%s\\n' "$@" > "$RUNNER_TEMP/uv.arguments"
mkdir -p "$UV_PROJECT_ENVIRONMENT/bin"
ln -sf {command} "$UV_PROJECT_ENVIRONMENT/bin/llmdeploy"
"""


@dataclass
class Machine:
    """A fresh machine with a checkout, as GitHub gives one to every job.

    Args:
        folder: of the machine itself.
        workspace: where the repository is checked out.
        environ: what every program finds, besides what belongs to this machine.
        origin: the repository.
    """

    folder: Path
    workspace: Path
    environ: dict[str, str]
    origin: Path
    path: list[str] = field(default_factory=list)
    artifacts: dict[str, dict[str, bytes]] = field(default_factory=dict)
    alerts: list[str] = field(default_factory=list)
    """The SARIF files that code scanning got."""
    log: str = ""

    def __post_init__(self) -> None:
        self.temp.mkdir(parents=True, exist_ok=True)
        (self.folder / "summary").touch()

    @property
    def temp(self) -> Path:
        return self.folder / "temp"

    @property
    def summary(self) -> str:
        """What the job's page shows."""
        return (self.folder / "summary").read_text()

    def environ_of_step(self) -> dict[str, str]:
        """For a program."""
        return {
            **self.environ,
            "PATH": os.pathsep.join([*reversed(self.path), "/usr/local/bin", "/usr/bin", "/bin"]),
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_WORKSPACE": str(self.workspace),
        }

    def install_uv(self) -> None:
        """The program that `astral-sh/setup-uv` brings."""
        folder = self.folder / "uv"
        folder.mkdir(exist_ok=True)
        (folder / "uv").write_text(_UV.format(command=COMMAND))
        (folder / "uv").chmod(0o755)
        self.path.append(str(folder))
