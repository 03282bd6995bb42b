"""`llmdeploy up`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import Deployment, open_deployment
from llmdeploy.cli.operations import confirm, refuse_unasked, run_preview, run_up
from llmdeploy.cli.options import (
    allow_option,
    backend_option,
    env_option,
    json_lines_option,
    refresh_images_option,
    simulate_option,
    spec_argument,
    yes_option,
)
from llmdeploy.cli.ready import wait_until_ready
from llmdeploy.cli.rollouts.idle import require_idle

if TYPE_CHECKING:
    from llmdeploy.cli.rollouts.intent import Intent
    from llmdeploy.infra.review.reviewed_plan import ReviewedPlan
    from llmdeploy.stacks.program import Settings


@command(
    "llmdeploy up chat.yaml",
    "llmdeploy up chat.yaml --env dev --yes",
    "llmdeploy up global.yaml --simulate --live",
    "llmdeploy up chat.yaml --plan chat.plan.json --yes",
    "llmdeploy up chat.yaml --yes --json",
)
@spec_argument()
@env_option
@simulate_option
@click.option("--live", is_flag=True, help="With --simulate: run the simulated instances on this machine.")
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Do what was reviewed (`preview --save-plan`), or nothing.",
)
@allow_option
@refresh_images_option
@backend_option
@yes_option
@json_lines_option
def up(
    spec: Path,
    environment: str | None,
    simulate: bool,
    live: bool,
    plan_file: Path | None,
    allow: tuple[Any, ...],
    refresh_images: bool,
    backend: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Deploy a spec, or bring its deployment up to date.

    Shows what would change and asks; ends when an answer of the model has come back through the gateway. What
    is no longer as it was left is mended. May be interrupted and run again at any moment.

    Where the spec has a section `rollout`, another model, version or flag is rolled out region by region
    (`llmdeploy rollout`), and goes back by itself when it is not as good: exit code 7.

    With --plan nothing is done that was not reviewed: it refuses when the spec, the state or the code is
    another, and the engine fails a resource that would become something else.

    In clouds every region comes up by itself: exit code 3 when one does not and others do.
    """
    if plan_file is not None and refresh_images:
        raise click.UsageError("--plan takes the images that were reviewed: leave --refresh-images out.")
    if live and not simulate:
        raise click.UsageError("--live runs simulated clouds: give --simulate too.")
    refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(spec, environment, backend, check=True, simulate=simulate, changes=True)
    held = _held(deployment, plan_file)
    intent = deployment.intent()
    require_idle(deployment, intent, str(spec))
    if deployment.plan.regions[0].provider == "local":
        if intent.rolled:
            _roll_out(deployment, intent, deployment.settings(), str(spec), yes=yes, as_json=as_json)
        _up_here(deployment, str(spec), held, yes=yes, as_json=as_json)
        return
    from llmdeploy.cli.clouds.settings import asked_settings
    from llmdeploy.cli.clouds.up import up_in_clouds

    settings, report = asked_settings(
        deployment, allow, refresh_images=refresh_images, reviewed=held.pins if held else None
    )
    report.require()
    if intent.rolled:
        _roll_out(deployment, intent, settings, str(spec), yes=yes, as_json=as_json)
    up_in_clouds(deployment, settings, str(spec), held, live=live, yes=yes, as_json=as_json)


def _held(deployment: Deployment, plan_file: Path | None) -> ReviewedPlan | None:
    """The reviewed plan that `up` is held to."""
    if plan_file is None:
        return None
    from llmdeploy.cli.review.saved import held_plan

    return held_plan(deployment, plan_file)


def _roll_out(
    deployment: Deployment, intent: Intent, settings: Settings, spec: str, *, yes: bool, as_json: bool
) -> None:
    """Step by step. Ends the command with the rollout's exit code."""
    from llmdeploy.cli.rollouts.begin import begin

    click.get_current_context().exit(begin(deployment, intent, settings, spec, yes=yes, as_json=as_json))


def _up_here(
    deployment: Deployment, spec: str, held: ReviewedPlan | None, *, yes: bool, as_json: bool
) -> None:
    if not yes:
        run_preview(deployment, as_json=False)
        confirm("Go ahead?")
    result = run_up(deployment, held=held, as_json=as_json)
    wait_until_ready(deployment, result.data(), spec, as_json=as_json)
