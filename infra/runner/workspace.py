"""The Automation API without the commands that we can do without: each costs 0.2 s or more."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml
from pulumi import automation as auto
from pulumi.automation import CommandResult
from pulumi.automation._output import OutputMap
from pulumi.automation._stack import StackInitMode
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from llmdeploy.infra.engine.found import Engine
from llmdeploy.infra.runner.process import run_engine

Program = Callable[[], None]
SAVE_ONCE: Final = {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
"""Variables with which an engine saves the state at the end alone: four fifths of the time of an `up` in
simulated clouds. Only for what may be lost when it is interrupted."""


class EngineCommand(auto.PulumiCommand):
    """Runs the engine we found, as run_engine says, without asking it for its version first."""

    def __init__(
        self, engine: Engine, environ: Mapping[str, str], on_interrupt: Callable[[int], None]
    ) -> None:
        self.command = str(engine.path)
        self.version = VersionInfo.parse(engine.version)
        self.interrupted = False
        self._environ = environ
        self._on_interrupt = on_interrupt

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> CommandResult:
        """One engine command, to its end. Raises CommandError when it fails."""
        environ = {**self._environ, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        finished = run_engine(
            [self.command, "--non-interactive", *args], Path(cwd), environ, self._on_interrupt
        )
        self.interrupted = self.interrupted or finished.interrupted
        result = CommandResult(finished.stdout, finished.stderr or _killed(finished.code), finished.code)
        if finished.code != 0:
            raise create_command_error(result)
        return result


def _killed(code: int) -> str:
    return f"error: the engine was killed by signal {-code}" if code < 0 else ""


class ThriftyWorkspace(auto.LocalWorkspace):
    """A workspace that takes every stack as selected: all commands name theirs with --stack."""

    def select_stack(self, stack_name: str) -> None:
        """Nothing to do, see the class."""


class ThriftyStack(auto.Stack):
    """A stack whose operations are one engine process each: the rest comes from the events."""

    def outputs(self) -> OutputMap:
        """Empty: the events hold them."""
        return {}

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary:
        """Empty: the events hold it."""
        return auto.UpdateSummary("", datetime.now(UTC), "", {}, {}, "")


def open_stack(
    folder: Path,
    project: str,
    stack: str,
    command: EngineCommand,
    environ: Mapping[str, str],
    program: Program | None,
) -> ThriftyStack:
    """The stack, whether it exists yet or not; starts no process.

    `folder` becomes an ordinary Pulumi project: `cd` into it to use `pulumi` by hand.
    """
    _write_project(folder, project)
    workspace = ThriftyWorkspace(
        work_dir=str(folder), program=program, env_vars=dict(environ), pulumi_command=command
    )
    return ThriftyStack(stack, workspace, StackInitMode.SELECT)


def engine_environment(
    environ: Mapping[str, str], pulumi_home: Path | None, acquire_plugins: bool
) -> dict[str, str]:
    """What the engine gets: our interpreter's folder first on PATH, so that it finds our provider plugin."""
    scripts = str(Path(sys.executable).parent)
    ours = {
        "PATH": os.pathsep.join(filter(None, (scripts, environ.get("PATH", os.defpath)))),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "NO_COLOR": "1",
    }
    if not acquire_plugins:
        ours["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true"
    if pulumi_home is not None:
        ours["PULUMI_HOME"] = str(pulumi_home)
    return {**environ, **ours}


def _write_project(folder: Path, project: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "Pulumi.yaml"
    wanted = yaml.safe_dump({"name": project, "runtime": "python"})
    if not file.exists() or file.read_text() != wanted:
        beside = file.with_suffix(f".{os.getpid()}-{threading.get_ident()}")
        beside.write_text(wanted)
        beside.replace(file)
