"""Simulated clouds of their own, in which the spec of the base counts as deployed.

A fork has no credentials and sees no state. What would change is shown all the same: the base's spec is
brought up in clouds that are thrown away afterwards, and the change is previewed there.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.cli.opening import Deployment
from llmdeploy.cli.render.looking import looking
from llmdeploy.infra.home import Home

if TYPE_CHECKING:
    from llmdeploy.infra.engine.found import Engine
    from llmdeploy.serving.load import LoadedSpec
    from llmdeploy.serving.plan.model import Plan


@contextmanager
def assumed_deployed(
    base: Plan, head: Plan, source: LoadedSpec, home: Home, engine: Engine
) -> Iterator[Deployment]:
    """The deployment of `head` where `base` is up, while the block runs.

    Args:
        source: the spec of `head`.
    """
    from llmdeploy.infra.runner.runner import Runner
    from llmdeploy.infra.runner.workspace import SAVE_ONCE
    from llmdeploy.infra.simulate.session import PROJECT, Simulation
    from llmdeploy.infra.state.backend import Backend

    with tempfile.TemporaryDirectory(prefix="llmdeploy-base-") as folder:
        apart = Home(Path(folder), home.cache)
        backend = Backend(apart.state.as_uri())
        simulation = Simulation(apart, head.stack_name, engine)
        with simulation.attached() as serving:
            environ = {**os.environ, **serving}
            runner = Runner(apart, engine, backend, PROJECT, {**environ, **SAVE_ONCE})
            _bring_up(Deployment(base, source, apart, runner, simulation))
            runner = Runner(apart, engine, backend, PROJECT, environ)
            yield Deployment(head, source, apart, runner, simulation)


def _bring_up(deployment: Deployment) -> None:
    from llmdeploy.cli.clouds.settings import asked_settings

    settings, _ = asked_settings(deployment)
    with looking(f"bringing up what the base has of {deployment.stack}, in simulated clouds"):
        deployment.runner.up(deployment.stack, deployment.program(settings))
