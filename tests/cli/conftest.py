"""Runs the real command in a folder and a home of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from llmdeploy.infra.provider.observe import sweep

COMMAND = Path(sys.executable).with_name("llmdeploy")


@dataclass(frozen=True)
class Outcome:
    """What a command left: its exit code and what it wrote."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Terminal:
    """A folder to work in, with an environment that names nothing of the user's."""

    folder: Path
    environ: Mapping[str, str]

    def run(self, command: str, *, stdin: str = "", timeout_s: float = 240, **environ: str) -> Outcome:
        """Run a line as a shell would, `llmdeploy` being the one under test."""
        words = shlex.split(command)
        assert words[0] == "llmdeploy"
        ended = subprocess.run(
            [COMMAND, *words[1:]],
            cwd=self.folder,
            env={**self.environ, **environ},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
        )
        return Outcome(ended.returncode, ended.stdout, ended.stderr)

    def write(self, name: str, text: str) -> Path:
        """Write a file into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """A terminal of its own; what was brought up in it is gone in the end, whatever became of the test."""
    home = tmp_path / "home"
    folder = tmp_path / "work"
    folder.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    cache = os.environ.get("LLMDEPLOY_CACHE", str(Path.home() / ".cache" / "llmdeploy"))
    environ = kept | {
        "HOME": str(tmp_path),
        "LLMDEPLOY_HOME": str(home),
        "LLMDEPLOY_CACHE": cache,
    }
    yield Terminal(folder, environ)
    for run_dir in (*home.glob("run/*"), *home.glob("live/*")):
        sweep(run_dir)


@pytest.fixture
def command() -> Path:
    """The command itself, for tests that start it on their own."""
    return COMMAND
