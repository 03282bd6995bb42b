"""A home of its own, the real engine, and the simulated clouds attached to it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.engine.found import Engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.runner.workspace import SAVE_ONCE
from llmdeploy.infra.simulate.attach import attach, folder_of
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.state.backend import choose_backend

STACK = "dev"


@dataclass(frozen=True)
class World:
    """One home; its clouds are those of the stack `dev`."""

    home: Home
    engine: Engine

    @property
    def folder(self) -> Path:
        return folder_of(self.home, STACK)

    @property
    def clouds(self) -> SimulatedClouds:
        return SimulatedClouds(self.folder)

    def state(self) -> str:
        """The state file's text."""
        return (self.home.state / ".pulumi" / "stacks" / "llmdeploy" / f"{STACK}.json").read_text()

    @contextmanager
    def runner(self) -> Iterator[Runner]:
        """The engine with the simulated clouds attached."""
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "LLMDEPLOY_"))
        }
        with attach(self.home, STACK) as attached:
            environ = {**inherited, **attached, **SAVE_ONCE}
            yield Runner(self.home, self.engine, choose_backend(self.home, None, environ), environ=environ)


def make_world(folder: Path) -> World:
    """A world in the folder, with the machine's engine."""
    engine = find_engine(home_from_environment().cache)
    assert engine is not None, "no engine: run `make engine` first"
    return World(Home(folder / "home", folder / "cache"), engine)
