"""From the path of a spec to what commands work on: the plan, and the deployment behind it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from llmdeploy.cli.clouds.simulation import chosen_simulation
from llmdeploy.cli.render.telling import Telling
from llmdeploy.infra.home import Home, home_from_environment

if TYPE_CHECKING:
    from llmdeploy.cli.rollouts.intent import Intent
    from llmdeploy.infra.engine.found import Engine
    from llmdeploy.infra.runner.runner import Runner
    from llmdeploy.infra.simulate.session import Simulation
    from llmdeploy.infra.state.backend import Backend
    from llmdeploy.serving.load import LoadedSpec
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.stacks.program import Settings


PROJECT: Final = "llmdeploy"
"""The Pulumi project of deployments on this machine and in real clouds."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """A plan, and the engine ready to work on its stack.

    Args:
        source: the spec that the plan was made of.
        simulation: the simulated clouds that stand for the real ones; None for those and for this machine.
    """

    plan: Plan
    source: LoadedSpec
    home: Home
    runner: Runner
    simulation: Simulation | None = None

    @property
    def stack(self) -> str:
        """The Pulumi stack."""
        return self.plan.stack_name

    @property
    def run_dir(self) -> Path:
        """The files of what runs on this machine: local regions, or a live simulation."""
        return self.simulation.run_dir if self.simulation else self.home.run(self.stack)

    def intent(self) -> Intent:
        """What an `up` comes to, from the plan and from how the stack stands."""
        from llmdeploy.cli.rollouts.intent import intent_of

        return intent_of(self.plan, self.source.spec.rollout, self.runner.known(self.stack))

    def settings(self) -> Settings:
        """What this machine's resources are made from."""
        from llmdeploy.stacks.program import Settings

        return Settings(self.stack, str(self.run_dir))

    def program(self, settings: Settings | None = None, intent: Intent | None = None) -> Callable[[], None]:
        """The Pulumi program that realises the plan, every region as it stands.

        Args:
            settings: what the clouds' resources are made from; this machine's need none.
            intent: where it is known already.
        """
        from llmdeploy.stacks.program import deploy

        intent, wanted = intent or self.intent(), settings or self.settings()
        record = intent.after(wanted.pins.images)
        return partial(deploy, intent.plan, replace(wanted, record=record))

    def facts(self) -> dict[str, dict[str, Any]]:
        """What is known of the parts of a deployment in clouds, also after an `up` that failed in part."""
        from llmdeploy.infra.errors import StackMissing
        from llmdeploy.stacks.facts import facts_in

        try:
            return facts_in(self.runner.export(self.stack))
        except StackMissing:
            return {}

    def outputs(self, *, show_secrets: bool = False) -> dict[str, Any]:
        """What the last `up` left: endpoint, entries, model. Those of a live simulation say where it answers.

        Raises:
            StackMissing: before the first `up`.
        """
        found = self.runner.outputs(self.stack, show_secrets=show_secrets)
        if self.simulation is not None and self.simulation.runs:
            found |= self.simulation.live_outputs()
        return found


def open_plan(spec: Path, environment: str | None, home: Home, *, check: bool = False) -> Plan:
    """Load a spec and plan it for this machine. See `open_source` for what is checked and raised."""
    return open_source(spec, environment, home, check=check)[1]


def open_source(
    spec: Path, environment: str | None, home: Home, *, check: bool = False
) -> tuple[LoadedSpec, Plan]:
    """Load a spec and plan it for this machine; both are returned.

    Args:
        check: also refuse a plan whose weights or adapters are not on this machine; for what leads to `up`.
            What is up can be watched and removed without them.

    Raises:
        SpecErrors: every problem of the spec.
    """
    from llmdeploy.serving.load import load_spec

    loaded = load_spec(spec, environment)
    return loaded, plan_source(loaded, home, check=check)


def plan_source(loaded: LoadedSpec, home: Home, *, check: bool = False) -> Plan:
    """Plan a loaded spec for this machine. See `open_source`."""
    from llmdeploy.infra.hub.describe import describer
    from llmdeploy.infra.machine import this_machine
    from llmdeploy.serving.plan.build import build_plan

    with Telling() as tell:
        plan = build_plan(
            loaded, this_machine(home.cache), home.root / "catalog", describer(home.cache, tell)
        )
    if check:
        from llmdeploy.infra.preflight.sources import check_sources

        check_sources(plan, loaded, home.cache)
    return plan


def open_deployment(
    spec: Path,
    environment: str | None,
    backend: str | None = None,
    *,
    check: bool = False,
    simulate: bool | None = None,
    changes: bool = False,
) -> Deployment:
    """Load and plan a spec as `open_source` does, and make the engine ready; obtaining it is told on stderr.

    Args:
        simulate: whether simulated clouds stand for the real ones; None: where only those were brought up.
        changes: whether providers will be needed; simulated ones then serve until the command ends.

    Raises:
        SpecErrors: every problem of the spec.
        EngineMissing: there is no engine and none could be obtained.
        LlmdeployError: there is nothing to simulate, or an extra is not installed.
    """
    home = home_from_environment()
    loaded, plan = open_source(spec, environment, home, check=check)

    from llmdeploy.infra.state.backend import choose_backend

    chosen = choose_backend(home, backend)
    engine = ready_engine(home)
    simulation = chosen_simulation(home, plan, engine, chosen, simulate)
    serve = click.get_current_context().with_resource if changes else None
    return Deployment(
        plan, loaded, home, runner_for(home, engine, chosen, plan, simulation, serve), simulation
    )


def ready_engine(home: Home) -> Engine:
    """The engine; obtaining it is told on stderr. Raises EngineMissing: it could not be had."""
    from llmdeploy.infra.engine.ensure import ensure_engine

    with Telling() as tell:
        return ensure_engine(home.cache, tell)


def runner_for(
    home: Home,
    engine: Engine,
    backend: Backend,
    plan: Plan,
    simulation: Simulation | None,
    serve: Callable[[AbstractContextManager[dict[str, str]]], dict[str, str]] | None,
) -> Runner:
    """The runner of a plan's stack.

    Args:
        serve: enters a context for as long as providers are needed: simulated clouds serve meanwhile. None:
            they are not.
    """
    from llmdeploy.infra.runner.runner import Runner

    if simulation is None:
        clouds = any(region.provider != "local" for region in plan.regions)
        return Runner(home, engine, backend, PROJECT, acquire_plugins=clouds)
    from llmdeploy.infra.simulate.session import PROJECT as SIMULATED

    environ: Mapping[str, str] = os.environ
    if serve is not None:
        environ = {**environ, **serve(simulation.attached())}
    return Runner(home, engine, backend, SIMULATED, environ)
