"""A home of its own, the real engine, and programs made of things that the probe provider makes."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pulumi

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.engine.found import Engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.runner.events import Event
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.state.backend import Backend, choose_backend

STACK = "dev"
PROBE = Path(__file__).with_name("probe.py")

Things = Mapping[str, Mapping[str, str]]
"""Name of each thing → its inputs beyond the usual ones; `after` names the thing that it waits for."""


class Thing(pulumi.CustomResource):
    """The program's side of the probe provider."""

    def __init__(
        self, name: str, inputs: Mapping[str, Any], options: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("probe:index:Thing", name, inputs, options)


@dataclass
class World:
    """One home with its backend, and all events that its runs sent."""

    folder: Path
    engine: Engine
    environ: Mapping[str, str]
    events: list[Event] = field(default_factory=list)

    @property
    def home(self) -> Home:
        return Home(self.folder / "home", self.folder / "cache")

    @property
    def backend(self) -> Backend:
        return choose_backend(self.home, None, self.environ)

    @property
    def runner(self) -> Runner:
        return Runner(self.home, self.engine, self.backend, environ=self.environ)

    @property
    def state_file(self) -> Path:
        return self.home.state / ".pulumi" / "stacks" / "llmdeploy" / f"{STACK}.json"

    def program(self, things: Things) -> Callable[[], None]:
        return program(self.folder / "things", things)

    def made(self) -> dict[str, str]:
        """Name → text of all things that are really there."""
        found = (self.folder / "things").glob("*")
        return {file.name: file.read_text() for file in found if file.suffix != ".begun"}

    def seen(self, kind: type[Event]) -> list[Any]:
        """The events of a kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    def processes(self) -> list[psutil.Process]:
        """Everything that still runs for this world: recognised by its environment."""
        return [process for process in psutil.process_iter() if str(self.folder) in _environment(process)]


def make_world(folder: Path) -> World:
    """A world in the folder, with the machine's engine."""
    engine = find_engine(home_from_environment().cache)
    assert engine is not None, "no engine: run `make engine` first"
    scripts = folder / "bin"
    if not scripts.exists():
        scripts.mkdir(parents=True)
        plugin = scripts / "pulumi-resource-probe"
        plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{PROBE}" "$@"\n')
        plugin.chmod(0o755)
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "LLMDEPLOY_"))
    }
    environ = {**inherited, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    return World(folder, engine, environ)


def program(folder: Path, things: Things) -> Callable[[], None]:
    """A program that declares the things and exports their ids."""

    def declare() -> None:
        made: dict[str, Thing] = {}
        for name, given in things.items():
            inputs = {"folder": str(folder), "value": "1", "fixed": "1", "seconds": "0", "fail": "", **given}
            after = inputs.pop("after", None)
            inputs["secret"] = pulumi.Output.secret(inputs.get("secret", "none"))
            depends = pulumi.ResourceOptions(depends_on=[made[after]]) if after else None
            made[name] = Thing(name, inputs, depends)
            pulumi.export(name, made[name].id)
        pulumi.export("hidden", pulumi.Output.secret("a secret output"))

    return declare


def _environment(process: psutil.Process) -> str:
    try:
        return "\0".join(process.environ().values()) + "\0".join(process.cmdline())
    except (psutil.Error, OSError):
        return ""
