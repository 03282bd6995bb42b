"""`llmdeploy destroy`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.opening import Deployment, open_deployment
from llmdeploy.cli.operations import (
    confirm_name,
    destroy_stateless,
    preview_destroy,
    refuse_unasked,
    run_destroy,
)
from llmdeploy.cli.options import (
    backend_option,
    env_option,
    json_lines_option,
    simulate_option,
    spec_argument,
    yes_option,
)
from llmdeploy.cli.render.progress_json import print_line
from llmdeploy.infra.errors import StackMissing
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.cli.sweeping import Sweeping
    from llmdeploy.infra.runner.result import RunResult


@command("llmdeploy destroy chat.yaml", "llmdeploy destroy chat.yaml --env dev --yes")
@spec_argument()
@env_option
@simulate_option
@backend_option
@yes_option
@click.option("--force", is_flag=True, help="End what runs here even when no state knows of it.")
@json_lines_option
def destroy(
    spec: Path,
    environment: str | None,
    simulate: bool,
    backend: str | None,
    yes: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Remove a deployment: its processes, files, keys and state.

    Shows what goes and what it costs now, and has its name typed. Then looks in its clouds for what still
    carries its tags: exit code 1 when something does.
    """
    refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(spec, environment, backend, simulate=simulate or None, changes=True)
    _refuse_protected_spec(deployment, spec)
    try:
        state = deployment.runner.export(deployment.stack)
    except StackMissing:
        destroy_stateless(deployment, force=force, as_json=as_json)
        return
    _refuse_protected_state(deployment, state, spec)
    if not yes:
        preview_destroy(deployment)
        _show_cost(deployment, state)
        confirm_name(deployment.stack)
    result = run_destroy(deployment, as_json=as_json)
    found = None if _is_local(deployment) else _sweep(deployment, state)
    _conclude(result, found, as_json=as_json)


def _is_local(deployment: Deployment) -> bool:
    return deployment.plan.regions[0].provider == "local"


def _refuse_protected_spec(deployment: Deployment, spec: Path) -> None:
    if deployment.plan.protected:
        lifted = "" if _is_local(deployment) else " and run `llmdeploy up`"
        raise LlmdeployError(
            f"{deployment.stack} is protected", f"take `protected: true` out of {spec}{lifted} first"
        )


def _refuse_protected_state(deployment: Deployment, state: Mapping[str, Any], spec: Path) -> None:
    """Its clouds would refuse half-way what the spec no longer says."""
    from llmdeploy.infra.state.deployed import is_protected

    if is_protected(state):
        raise LlmdeployError(
            f"{deployment.stack} was deployed with `protected: true`, which {spec} no longer says",
            f"run `llmdeploy up {spec}` first, which lifts it",
        )


def _show_cost(deployment: Deployment, state: Mapping[str, Any]) -> None:
    from llmdeploy.cli.render.console import console
    from llmdeploy.cli.render.destroy import show_cost
    from llmdeploy.infra.state.deployed import plan_in

    show_cost(plan_in(state), console(), simulated=deployment.simulation is not None)


def _sweep(deployment: Deployment, state: Mapping[str, Any]) -> Sweeping:
    """What is left in simulated clouds is kept, to be looked at."""
    from llmdeploy.cli.sweeping import sweep_destroyed

    found = sweep_destroyed(deployment, state)
    if deployment.simulation is not None and not found.swept.orphans:
        deployment.simulation.forget()
    return found


def _conclude(result: RunResult, found: Sweeping | None, *, as_json: bool) -> None:
    """What is left, and the exit code for it; None: no cloud was in it."""
    left = found is not None and bool(found.swept.orphans)
    if as_json:
        from llmdeploy.cli.render.orphans import swept_data

        told = swept_data(found.swept) if found is not None else {}
        print_line("result", {"ok": not left} | result.data() | told)
    elif found is not None:
        from llmdeploy.cli.render.console import console
        from llmdeploy.cli.render.orphans import show_found

        show_found(found.swept, console(), simulated=found.simulated)
    if left:
        click.get_current_context().exit(exit_codes.FAILED)
