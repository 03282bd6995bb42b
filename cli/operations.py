"""Operations of the engine, shown while they run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.looking import looking
from llmdeploy.cli.render.progress import progress
from llmdeploy.cli.render.progress_json import print_line
from llmdeploy.cli.render.telling import Telling
from llmdeploy.cli.up_message import up_message
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.review.reviewed_plan import ReviewedPlan
    from llmdeploy.infra.runner.result import RunResult
    from llmdeploy.stacks.program import Settings


_NOTHING_UP: Final = "It is not up: nothing to remove."


def refuse_unasked(*, yes: bool, as_json: bool) -> None:
    """End the command before it does anything when it would have to ask and there is no one to ask."""
    if not yes and (as_json or not sys.stdin.isatty()):
        raise click.UsageError("No one can be asked here: --yes goes ahead, `preview` shows what would be.")


def confirm(question: str) -> None:
    """Ask; anything but yes ends the command with nothing changed."""
    if not click.confirm(question, err=True):
        raise click.ClickException("Nothing was changed.")


def run_preview(deployment: Deployment, settings: Settings | None = None, *, as_json: bool) -> RunResult:
    """Show what `up` would do; nothing is changed."""
    intent = deployment.intent()
    program = deployment.program(settings, intent)
    if as_json:
        with progress(as_json=True) as view:
            result = deployment.runner.preview(deployment.stack, program, view, refresh=True)
        print_result(result)
        return result
    from llmdeploy.cli.render.plan import show_warnings, substitutions
    from llmdeploy.cli.render.preview import show_preview
    from llmdeploy.serving.review.adapters import adapter_changes
    from llmdeploy.serving.review.summary import summarise, summary_told

    out = console()
    with looking(f"looking at {deployment.stack}"):
        result = deployment.runner.preview(deployment.stack, program, refresh=True)
    for line in substitutions(deployment.plan):
        out.print(line, style="yellow")
    show_warnings(deployment.plan, out)
    before = summary_told(result.outputs_before.get("plan"))
    for adapter in adapter_changes(before, summarise(deployment.plan)):
        out.print(str(adapter), soft_wrap=True)
    show_preview(result, out)
    for note in intent.told():
        out.print(note, soft_wrap=True)
    return result


def make_ready(deployment: Deployment) -> None:
    """What replicas need of this machine before they start: faults of a drill healed, weights fetched."""
    from llmdeploy.infra.drill import heal_leftovers
    from llmdeploy.infra.preflight.sources import fetch_weights

    for healed in heal_leftovers(deployment.run_dir):
        click.echo(healed, err=True)
    with Telling() as tell:
        fetch_weights(deployment.plan, deployment.home.cache, tell)


def run_up(
    deployment: Deployment,
    settings: Settings | None = None,
    *,
    held: ReviewedPlan | None = None,
    as_json: bool,
) -> RunResult:
    """Make the deployment what its plan says, mending what is no longer as it was left.

    Args:
        held: the reviewed plan, beyond which nothing is done.
    """
    make_ready(deployment)
    with progress(as_json=as_json) as view:
        program = deployment.program(settings)
        # In clouds the regions are independent: one that fails must not keep back the others.
        return deployment.runner.up(
            deployment.stack,
            program,
            view,
            refresh=True,
            message=up_message(deployment.source, reviewed=held is not None),
            keep_going=settings is not None,
            update_plan=held.engine_plan() if held is not None else None,
        )


def confirm_name(name: str) -> None:
    """Have the name of what will be removed typed; anything else ends the command with nothing changed."""
    typed = click.prompt(
        f"Type {name} to remove all of this", default="", show_default=False, err=True, type=str
    )
    if typed.strip() != name:
        raise click.ClickException("Nothing was changed.")


def preview_destroy(deployment: Deployment) -> None:
    """Show what `destroy` would remove."""
    from llmdeploy.cli.render.preview import show_preview

    with looking(f"looking at {deployment.stack}"):
        result = deployment.runner.destroy(deployment.stack, preview_only=True)
    show_preview(result, console())


def run_destroy(deployment: Deployment, *, as_json: bool) -> RunResult:
    """Remove the deployment, then whatever its run folder still holds."""
    from llmdeploy.infra.provider.observe import sweep

    with progress(as_json=as_json) as view:
        if deployment.simulation is not None:
            deployment.simulation.stop(view)
        result = deployment.runner.destroy(deployment.stack, view)
    sweep(deployment.run_dir)
    return result


def destroy_stateless(deployment: Deployment, *, force: bool, as_json: bool) -> None:
    """Where no state knows the deployment: nothing is left to do, unless its processes still run.

    Raises:
        LlmdeployError: they do, and may belong to a state in another backend; `force` ends them.
    """
    from llmdeploy.infra.provider.observe import sweep

    if deployment.run_dir.exists() and not force:
        raise LlmdeployError(
            f"no state here knows {deployment.stack}, but its files are in {deployment.run_dir}",
            "give the --backend it was brought up with, or --force to end and remove what is there",
        )
    ended = sweep(deployment.run_dir)
    if as_json:
        print_line("result", {"ok": True, "stack": deployment.stack, "ended": ended})
    else:
        click.echo(f"{deployment.stack}: ended {ended} processes that were left." if ended else _NOTHING_UP)


def print_result(result: RunResult) -> None:
    """The last of the JSON lines."""
    print_line("result", {"ok": True} | result.data())
