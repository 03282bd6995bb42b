"""Whether a command works on simulated clouds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from llmdeploy.infra.home import Home
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.engine.found import Engine
    from llmdeploy.infra.simulate.session import Simulation
    from llmdeploy.infra.state.backend import Backend
    from llmdeploy.serving.plan.model import Plan

SIMULATED = "simulated clouds: nothing here reaches AWS, Google Cloud or Azure, and nothing costs anything"


def chosen_simulation(
    home: Home, plan: Plan, engine: Engine, backend: Backend, asked: bool | None
) -> Simulation | None:
    """The simulation of a stack, if that is what is meant; says so on stderr.

    Args:
        asked: None: the simulated deployment is meant where there is no real one.

    Raises:
        LlmdeployError: it was asked for, and every region is on this machine.
    """
    if plan.regions[0].provider == "local":
        if asked:
            raise LlmdeployError(
                f"{plan.stack_name} has local regions only: there is no cloud to simulate",
                "leave --simulate out; local regions really run on this machine",
            )
        return None
    from llmdeploy.infra.simulate.session import Simulation

    found = Simulation(home, plan.stack_name, engine)
    if asked or (asked is None and found.exists and not _is_real(plan, backend)):
        click.echo(click.style(SIMULATED, fg="yellow"), err=True)
        return found
    return None


def _is_real(plan: Plan, backend: Backend) -> bool:
    """Whether there is a stack in real clouds too. In a backend that is no folder it is taken for granted:
    what is real must never be mistaken for a simulation.
    """
    from llmdeploy.infra.state.damage import state_file

    state = state_file(backend, "llmdeploy", plan.stack_name)
    return state is None or state.exists()
