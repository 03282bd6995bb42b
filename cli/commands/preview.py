"""`llmdeploy preview`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.complete import complete_condition, complete_revision
from llmdeploy.cli.options import (
    allow_option,
    backend_option,
    env_option,
    json_lines_option,
    refresh_images_option,
    simulate_option,
    spec_argument,
)

if TYPE_CHECKING:
    from llmdeploy.cli.review.request import Request

FORMATS: Final = ("text", "markdown", "html", "json")


@command(
    "llmdeploy preview chat.yaml",
    "llmdeploy preview chat.yaml --base origin/main --format markdown",
    "llmdeploy preview chat.yaml big.yaml --base main --fail-on replace,over-budget,risk=high",
    "llmdeploy preview chat.yaml --save-plan chat.plan.json",
    "llmdeploy preview global.yaml --simulate",
)
@spec_argument(several=True)
@env_option
@click.option(
    "--base",
    metavar="REF",
    shell_complete=complete_revision,
    help="Also compare with the specs of this git revision; specs that only it has would be destroyed.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="How to show it. Default: text.")
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it there."
)
@click.option("--report-url", metavar="URL", help="Where the whole report is, when it is cut to a comment.")
@click.option(
    "--save-plan",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep the reviewed plan for `up --plan`; a folder, for several specs.",
)
@click.option(
    "--fail-on",
    multiple=True,
    metavar="CONDITION",
    shell_complete=complete_condition,
    help="Exit with 6 when it holds: replace, destroy, over-budget, quota, unpinned, public, redundancy, "
    "drift, risk=high|medium|low. Several: with commas, or repeated.",
)
@simulate_option
@allow_option
@refresh_images_option
@backend_option
@json_lines_option
@click.pass_context
def preview(
    ctx: click.Context,
    specs: tuple[Path, ...],
    environment: str | None,
    base: str | None,
    form: str | None,
    output: Path | None,
    report_url: str | None,
    save_plan: Path | None,
    fail_on: tuple[str, ...],
    simulate: bool,
    allow: tuple[Any, ...],
    refresh_images: bool,
    backend: str | None,
    as_json: bool,
) -> None:
    """Show what `up` would change, and what is no longer as `up` left it. Changes nothing.

    With --format, --base or several specs also what it costs, what the clouds grant, why, and what could go
    wrong: a comment for a pull request, a page, or data.
    """
    from llmdeploy.cli.review.request import Request

    request = Request(
        specs,
        base,
        environment,
        simulate,
        backend,
        allow,
        fail_on,
        plans=save_plan if len(specs) > 1 else None,
        plan_file=save_plan if len(specs) == 1 else None,
        refresh_images=refresh_images,
    )
    reviews = len(specs) > 1 or any((base, form, output, save_plan, fail_on))
    if as_json and reviews:
        raise click.UsageError("--json prints the events of one preview; for a review take --format json.")
    if not reviews:
        _show_steps(request, as_json=as_json)
        return
    ctx.exit(_review(request, form or "text", output, report_url))


def _show_steps(request: Request, *, as_json: bool) -> None:
    from llmdeploy.cli.clouds.settings import cloud_settings
    from llmdeploy.cli.opening import open_deployment
    from llmdeploy.cli.operations import run_preview

    deployment = open_deployment(
        request.specs[0],
        request.environment,
        request.backend,
        check=True,
        simulate=request.simulate,
        changes=True,
    )
    settings = cloud_settings(deployment, request.allow, refresh_images=request.refresh_images)
    run_preview(deployment, settings, as_json=as_json)


def _review(request: Request, form: str, output: Path | None, report_url: str | None) -> int:
    from llmdeploy.cli.render.review.output import show_outcome
    from llmdeploy.cli.review.run import review_all

    outcome = review_all(request)
    show_outcome(outcome, form, output, report_url)
    return outcome.exit_code
