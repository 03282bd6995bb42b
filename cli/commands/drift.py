"""`llmdeploy drift`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.opening import Deployment, open_deployment
from llmdeploy.cli.options import backend_option, env_option, json_option, simulate_option, spec_argument
from llmdeploy.cli.render.looking import looking
from llmdeploy.infra.errors import ResourcesFailed

if TYPE_CHECKING:
    from llmdeploy.infra.runner.result import RunResult
    from llmdeploy.stacks.program import Settings


@command(
    "llmdeploy drift chat.yaml",
    "llmdeploy drift chat.yaml --env prod --format markdown",
    "llmdeploy drift global.yaml --simulate --json",
)
@spec_argument()
@env_option
@simulate_option
@backend_option
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "markdown")),
    default="text",
    show_default=True,
    help="How to show it.",
)
@json_option
@click.pass_context
def drift(
    ctx: click.Context,
    spec: Path,
    environment: str | None,
    simulate: bool,
    backend: str | None,
    form: str,
    as_json: bool,
) -> None:
    """Show what is no longer as `up` left it, and what `up` would do about it. Changes nothing.

    Exit code 5 when there is something to mend. What clouds move by themselves, such as the size of a fleet,
    is shown and is no drift.
    """
    if as_json and form != "text":
        raise click.UsageError(f"--json and --format {form} are two formats; leave one of them out.")
    deployment = open_deployment(spec, environment, backend, simulate=simulate or None, changes=True)
    deployed = deployment.runner.outputs(deployment.stack).get("spec_digest")
    result, failed = _looked(deployment)

    from llmdeploy.infra.review.drift import drift_of

    found = drift_of(result, [region.name for region in deployment.plan.regions])
    from llmdeploy.cli.render.drift import DriftReport

    changed = deployed != deployment.plan.spec_digest
    report = DriftReport(found, str(spec), spec_changed=changed, up_fails=failed)
    if as_json:
        click.echo(json.dumps(report.data(), indent=2, ensure_ascii=False))
    elif form == "markdown":
        click.echo(report.markdown(), nl=False)
    else:
        from llmdeploy.cli.render.console import console

        report.show(console())
    ctx.exit(exit_codes.UNHEALTHY if found.resources else exit_codes.OK)


def _looked(deployment: Deployment) -> tuple[RunResult, str]:
    """A preview tells what really would be mended, and how; where it fails, a refresh tells what differs.

    Returns:
        What was found, and why the preview failed, if it did.
    """
    settings = _settings(deployment)
    stack, runner = deployment.stack, deployment.runner
    with looking(f"looking at {stack}"):
        try:
            return runner.preview(stack, deployment.program(settings), refresh=True), ""
        except ResourcesFailed as error:
            return runner.refresh(stack, preview_only=True), error.problem


def _settings(deployment: Deployment) -> Settings | None:
    """Whatever else the preflight finds keeps `up` from working, but not us from looking."""
    if deployment.plan.regions[0].provider == "local":
        return None
    from llmdeploy.cli.clouds.settings import asked_settings

    settings, report = asked_settings(deployment)
    report.require_credentials()
    return settings
