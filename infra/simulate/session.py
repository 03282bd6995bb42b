"""A deployment in simulated clouds: where its parts are kept, and the live simulation behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.simulate.attach import attach, folder_of, live_folder
from llmdeploy.infra.state.backend import Backend
from llmdeploy.infra.state.damage import state_file

if TYPE_CHECKING:
    from llmdeploy.infra.engine.found import Engine
    from llmdeploy.infra.home import Home
    from llmdeploy.infra.runner.events import EventSink
    from llmdeploy.infra.runner.result import RunResult
    from llmdeploy.infra.runner.runner import Runner
    from llmdeploy.serving.machine import Machine
    from llmdeploy.serving.plan.model import Plan

PROJECT: Final = "llmdeploy-simulated"
"""The Pulumi project of simulated deployments: never the one of real ones, whose names they share."""
LIVE_PROJECT: Final = "llmdeploy-live"
HUB_TOKEN: Final = "hf_simulated"  # noqa: S105 - the real one has no business in a simulated cloud
GCP_PROJECT: Final = "simulated-project"


@dataclass(frozen=True, slots=True)
class Simulation:
    """The simulated clouds of one stack."""

    home: Home
    stack: str
    engine: Engine

    @property
    def folder(self) -> Path:
        """What the clouds hold."""
        return folder_of(self.home, self.stack)

    @property
    def run_dir(self) -> Path:
        """The files of the live simulation."""
        return live_folder(self.home, self.stack)

    @property
    def exists(self) -> bool:
        """Whether the clouds hold anything."""
        return self.folder.is_dir()

    @property
    def runs(self) -> bool:
        """Whether there is a live simulation."""
        state = state_file(self._backend, LIVE_PROJECT, self.stack)
        return state is not None and state.exists()

    @contextmanager
    def attached(self) -> Iterator[dict[str, str]]:
        """The environment in which an engine meets the simulated clouds, while the block runs."""
        with attach(self.home, self.stack) as environ:
            yield environ

    def start(self, plan: Plan, machine: Machine, on_event: EventSink, *, afresh: bool = True) -> RunResult:
        """Run what the clouds hold: a replica for each instance, an Envoy for each gateway and load balancer.

        Args:
            plan: that the clouds were brought up with.
            machine: that serves in the place of the plan's containers.
            afresh: look first at what really runs, and mend it. Without, what is up is taken for granted, and
                a change of routes takes half the time.

        Raises:
            LlmdeployError: something does not start.
        """
        from llmdeploy.infra.simulate.live.program import deploy_live
        from llmdeploy.infra.simulate.live.read import read_topology

        topology = read_topology(self.folder, plan, machine)
        program = partial(deploy_live, topology, self.run_dir)
        return self._runner().up(self.stack, program, on_event, refresh=afresh)

    def follow(self, plan: Plan, machine: Machine) -> None:
        """Have the gateways take up what is new in their buckets: a change of routes, and nothing else.

        Raises:
            StackMissing: the live simulation does not run.
        """
        from llmdeploy.infra.simulate.live.read import read_topology
        from llmdeploy.infra.simulate.live.sidecars import copy_files

        topology = read_topology(self.folder, plan, machine)
        copy_files(topology, self._runner().known(self.stack)["addresses"], self.run_dir)

    def live_outputs(self) -> dict[str, Any]:
        """Where the live simulation answers. Raises StackMissing: it does not run."""
        return self._runner().outputs(self.stack)

    def stop(self, on_event: EventSink) -> None:
        """End the live simulation, if it runs."""
        from llmdeploy.infra.errors import StackMissing
        from llmdeploy.infra.provider.observe import sweep

        with suppress(StackMissing):
            self._runner().destroy(self.stack, on_event)
        sweep(self.run_dir)

    def forget(self) -> None:
        """Remove what the simulated clouds of the stack held: faults and settings too."""
        import shutil

        shutil.rmtree(self.folder, ignore_errors=True)

    def _runner(self) -> Runner:
        from llmdeploy.infra.runner.runner import Runner

        return Runner(self.home, self.engine, self._backend, LIVE_PROJECT)

    @property
    def _backend(self) -> Backend:
        return Backend(self.home.state.as_uri())
