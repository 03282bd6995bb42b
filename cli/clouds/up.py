"""`up` in clouds: every region by itself, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli.operations import confirm, run_preview, run_up
from llmdeploy.cli.ready import wait_until_ready
from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.progress import progress
from llmdeploy.cli.render.progress_json import print_line
from llmdeploy.infra.errors import ResourcesFailed
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.fleet import RegionFleet
    from llmdeploy.infra.review.reviewed_plan import ReviewedPlan
    from llmdeploy.infra.rollout.stage import Changed
    from llmdeploy.infra.runner.result import RunResult
    from llmdeploy.stacks.program import Settings


def up_in_clouds(
    deployment: Deployment,
    settings: Settings,
    spec: str,
    held: ReviewedPlan | None,
    *,
    live: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """The engine, then the wait for instances, region by region; in a live simulation also a first answer.

    Args:
        held: the reviewed plan, beyond which nothing is done.

    Ends the command with exit code 3 when not every region is up and some are.

    Raises:
        ResourcesFailed: nothing came up.
    """
    if not yes:
        run_preview(deployment, settings, as_json=False)
        confirm("Go ahead?")
    result, failed = _run_engine(deployment, settings, held, as_json=as_json)
    # With every region in the slot that it has: after a rollout that is not the spec's to say.
    standing = replace(deployment, plan=deployment.intent().plan)
    fleets = _watch(standing, failed, as_json=as_json)
    if live or (deployment.simulation is not None and deployment.simulation.runs):
        run_live(standing, as_json=as_json)
    _conclude(deployment, spec, result, failed, fleets, as_json=as_json)


def settle(deployment: Deployment, changed: Changed, *, as_json: bool) -> None:
    """What follows an update of the engine in the middle of a rollout.

    Args:
        deployment: with the plan that its stack has been brought to.
        changed: what the update was about; instances are waited for where fleets were changed.

    Raises:
        LlmdeployError: they do not all serve, or the live simulation does not follow.
    """
    if changed == "fleets":
        from llmdeploy.cli.render.fleet import exit_code

        fleets = _watch(deployment, None, as_json=True)
        if exit_code(fleets):
            missing = ", ".join(fleet.region for fleet in fleets if not fleet.serves)
            raise LlmdeployError(
                f"not all instances serve{f' in {missing}' if missing else ''}",
                "`llmdeploy status` shows what is missing, and why",
            )
    simulation = deployment.simulation
    if simulation is None or not simulation.runs:
        return
    if changed == "traffic":
        from llmdeploy.infra.machine import this_machine

        simulation.follow(deployment.plan, this_machine(deployment.home.cache))
        return
    run_live(deployment, as_json=as_json, afresh=changed == "fleets")


def _run_engine(
    deployment: Deployment, settings: Settings, held: ReviewedPlan | None, *, as_json: bool
) -> tuple[RunResult | None, ResourcesFailed | None]:
    """A result, or what failed while other things came up."""
    try:
        return run_up(deployment, settings, held=held, as_json=as_json), None
    except ResourcesFailed as error:
        return None, error


def _watch(deployment: Deployment, failed: ResourcesFailed | None, *, as_json: bool) -> Sequence[RegionFleet]:
    from llmdeploy.cli.render.fleet import FleetProgress, show_fleets
    from llmdeploy.infra.fleet import real_fleets, simulated_fleets, watch_fleets
    from llmdeploy.stacks.facts import region_facts

    simulation = deployment.simulation
    clients = simulated_fleets(simulation.folder) if simulation else real_fleets()
    failures = failed.failures if failed else ()
    known = {"regions": region_facts(deployment.facts(), deployment.plan)}
    with FleetProgress(len(deployment.plan.regions)) as tell:
        fleets = watch_fleets(clients, deployment.plan, known, tell, failures=failures)
    if not as_json:
        show_fleets(fleets, console())
    return fleets


def run_live(deployment: Deployment, *, as_json: bool, afresh: bool = True) -> None:
    """Bring the live simulation to what the simulated clouds hold. `afresh`: see `Simulation.start`."""
    from llmdeploy.infra.machine import this_machine
    from llmdeploy.infra.weights.resolve import resolve_weights
    from llmdeploy.serving.plan.stand_in import stand_in_weights

    assert deployment.simulation is not None
    cache = deployment.home.cache
    machine = this_machine(cache)
    resolve_weights(stand_in_weights(machine), cache, lambda line: click.echo(line, err=True))
    with progress(as_json=as_json) as view:
        deployment.simulation.start(deployment.plan, machine, view, afresh=afresh)


def _conclude(
    deployment: Deployment,
    spec: str,
    result: RunResult | None,
    failed: ResourcesFailed | None,
    fleets: Sequence[RegionFleet],
    *,
    as_json: bool,
) -> None:
    """The endpoint, and the error or the exit code that the regions come to."""
    from llmdeploy.cli.render.fleet import exit_code, fleets_data

    code = exit_code(fleets)
    told: dict[str, Any] = {"ok": code == 0 and failed is None, "regions": fleets_data(fleets)}
    if result is not None:
        told |= result.data()
    lives = deployment.simulation is not None and deployment.simulation.runs
    if failed is None and lives and any(fleet.serves for fleet in fleets):
        wait_until_ready(deployment, told, spec, as_json=as_json)
    elif as_json:
        print_line("result", told | {"endpoint": deployment.outputs().get("endpoint")})
    elif endpoint := deployment.outputs().get("endpoint"):
        _show_endpoint(deployment, endpoint)
    if failed is not None:
        raise failed
    click.get_current_context().exit(code)


def _show_endpoint(deployment: Deployment, endpoint: str) -> None:
    out = console()
    out.print(f"endpoint {endpoint}", style="bold", soft_wrap=True)
    if deployment.simulation is not None:
        out.print("simulated: nothing answers there; --live runs it on this machine")
