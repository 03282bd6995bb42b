"""Deployments from a spec's text, on the real engine: on this machine, or in simulated clouds."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from tests.processes import kill_all_of, processes_of

from llmdeploy.infra.engine.ensure import find_engine
from llmdeploy.infra.engine.found import Engine
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.infra.preflight.clouds.simulated import simulated_clients
from llmdeploy.infra.preflight.plan_tasks import Preflight
from llmdeploy.infra.preflight.run import run_preflight
from llmdeploy.infra.provider.observe import sweep
from llmdeploy.infra.runner.events import Event
from llmdeploy.infra.runner.result import RunResult
from llmdeploy.infra.runner.runner import Runner
from llmdeploy.infra.runner.workspace import SAVE_ONCE
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.session import GCP_PROJECT, PROJECT, Simulation
from llmdeploy.infra.state.backend import Backend
from llmdeploy.infra.weights.random_gguf import random_gguf
from llmdeploy.serving.load import load_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.models.kept import keep_description, own_models
from llmdeploy.serving.models.local import describe_folder
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks.facts import facts_in
from llmdeploy.stacks.pins import Pins, pins_of
from llmdeploy.stacks.program import Settings, deploy
from llmdeploy.stacks.steering import steer_clouds, steered

STACK = "chat"
OWN_MODEL = "s3://acme-models/chat"
OWN_WEIGHTS = Path(__file__).parent / "weights"
"""What the user has told of it, by `llmdeploy catalog add`."""
LAPTOP = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
HUB_TOKEN = "hf_CanaryOfTheHubToken"
PASSPHRASE = "canary of the passphrase"
ZONE = {"name": "example.com", "id": "Z0123456789ABC"}
"""A public zone that is there before any deployment."""


@dataclass
class World:
    """One home, with whatever is deployed from it. `events` are those of all runs, as text."""

    folder: Path
    engine: Engine
    events: list[str] = field(default_factory=list)
    pins: Pins = field(default_factory=Pins)
    """What the last `up` was made from."""
    _environ: Mapping[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Home:
        return Home(self.folder / "home", self.folder / "cache")

    @property
    def run_dir(self) -> Path:
        return self.home.run(STACK)

    @property
    def clouds(self) -> SimulatedClouds:
        return SimulatedClouds(self.simulation.folder)

    @property
    def simulation(self) -> Simulation:
        return Simulation(self.home, STACK, self.engine)

    def plan(self, text: str) -> Plan:
        """The plan of a spec, whose stack is always the same one."""
        file = self.folder / f"{STACK}.yaml"
        file.write_text(text, "utf-8")
        return build_plan(load_spec(file, None), LAPTOP, self.folder / "catalog")

    @contextmanager
    def attached(self) -> Iterator[None]:
        """The simulated clouds at the engine's service."""
        self.clouds.set("hosted_zones", [ZONE])
        with self.simulation.attached() as environ:
            self._environ = environ
            yield

    def preview(self, plan: Plan, *, refresh: bool = False) -> RunResult:
        return self._runner.preview(STACK, self._program(plan), self._seen, refresh=refresh)

    def up(self, plan: Plan, *, refresh: bool = False) -> RunResult:
        """As the command brings it up: with what the last one was made from, and regions by themselves."""
        try:
            return self._runner.up(STACK, self._program(plan), self._seen, refresh=refresh, keep_going=True)
        finally:
            self.pins = pins_of(facts_in(self._runner.export(STACK)))

    def steer(self, plan: Plan, regions: Sequence[str]) -> RunResult:
        """The routes of some regions alone."""
        settings = self._program(plan).args[1]
        known = self._runner.outputs(STACK, show_secrets=True)
        changes = steered(plan, regions, known)
        assert changes is not None
        program = partial(steer_clouds, changes, plan, settings, known)
        targets = [target for change in changes for target in change.targets]
        return self._runner.up(STACK, program, self._seen, targets=targets)

    def outputs(self) -> dict[str, Any]:
        """What the stack tells, its secrets too."""
        return self._runner.outputs(STACK, show_secrets=True)

    def resources(self) -> set[str]:
        """The URNs in its state."""
        return {each["urn"] for each in self._runner.export(STACK)["deployment"]["resources"]}

    def refresh(self) -> RunResult:
        return self._runner.refresh(STACK, self._seen, preview_only=True)

    def destroy(self) -> RunResult:
        return self._runner.destroy(STACK, self._seen)

    def state(self) -> str:
        """The state as it lies on disk, with its history."""
        return "".join(file.read_text() for file in self.home.state.rglob("*") if file.is_file())

    def processes(self) -> Sequence[psutil.Process]:
        """Everything that runs for this home."""
        return list(processes_of(self.folder))

    def close(self) -> None:
        """End what a failed test left."""
        sweep(self.run_dir)
        kill_all_of(self.folder)

    @property
    def _runner(self) -> Runner:
        inherited = {
            key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "LLMDEPLOY_"))
        }
        return Runner(
            self.home,
            self.engine,
            Backend(self.home.state.as_uri()),
            PROJECT,
            {**inherited, **self._environ, **SAVE_ONCE},
        )

    def _program(self, plan: Plan) -> partial[None]:
        pins = self.pins
        if plan.regions[0].provider != "local":
            clients = simulated_clients(self.simulation.folder)
            pins = pins.over(run_preflight(Preflight(plan, clients, self.simulation.folder, pins)).pins)
        settings = Settings(STACK, str(self.run_dir), pins=pins, hub_token=HUB_TOKEN, project=GCP_PROJECT)
        return partial(deploy, plan, settings)

    def _seen(self, event: Event) -> None:
        self.events.append(repr(event))


def make_world(folder: Path) -> World:
    """A world in the folder, with the machine's engine, and a small model `tiny.gguf` for local regions."""
    engine = find_engine(home_from_environment().cache)
    assert engine is not None, "no engine: run `make engine` first"
    world = World(folder, engine)
    world.home.state.mkdir(parents=True, exist_ok=True)
    world.home.passphrase_file.write_text(PASSPHRASE)
    world.home.passphrase_file.chmod(0o600)
    keep_description(own_models(folder / "catalog"), OWN_MODEL, describe_folder(OWN_WEIGHTS))
    shutil.copy(random_gguf(folder / "weights"), folder / "tiny.gguf")
    return world
