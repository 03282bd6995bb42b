"""`llmdeploy ci`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from llmdeploy.cli.ci.options import base_option, maybe_specs_argument, this_event
from llmdeploy.cli.command import Command, Group
from llmdeploy.cli.options import allow_option, backend_option, env_option, json_option, simulate_option


@click.group(
    cls=Group,
    no_args_is_help=True,
    examples=(
        "llmdeploy ci changed --base origin/main",
        "llmdeploy ci preview --fail-on replace,over-budget",
        "llmdeploy ci apply chat.yaml",
        "llmdeploy ci drift",
    ),
)
def ci() -> None:
    """Preview, apply and watch specs in a pull request's pipeline.

    On GitHub and GitLab, which say through the environment what runs and for whom.
    """


def _command(*examples: str) -> Callable[[Callable[..., Any]], click.Command]:
    return ci.command(cls=Command, examples=examples)


@_command("llmdeploy ci changed", "llmdeploy ci changed --base origin/main --json")
@base_option
@env_option
@json_option
def changed(base: str | None, environment: str | None, as_json: bool) -> None:
    """Show which specs the pull request touches, deleted ones too.

    On GitHub also as outputs of the step: `specs`, JSON for a job matrix, and `any`, true or false.
    """
    import json

    from llmdeploy.cli.ci.show import show_rows
    from llmdeploy.cli.ci.touched import touched_specs
    from llmdeploy.infra.forge.outputs import write_outputs

    rows = [each.data() for each in touched_specs(base or this_event().base, environment)]
    write_outputs(os.environ, specs=json.dumps(rows), any="true" if rows else "false")
    columns = ("spec", "stack", "environment", "deleted")
    show_rows(rows, columns, as_json=as_json, none="No serving spec is touched.")


@_command(
    "llmdeploy ci preview",
    "llmdeploy ci preview chat.yaml --base origin/main --simulate",
    "llmdeploy ci preview --env prod --fail-on replace,over-budget,risk=high",
)
@maybe_specs_argument
@base_option
@env_option
@click.option(
    "--simulate/--no-simulate",
    default=None,
    help="On simulated clouds. Default: of a fork, and where there are no credentials.",
)
@backend_option
@allow_option
@click.option("--fail-on", multiple=True, metavar="CONDITION", help="As of `llmdeploy preview`.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("llmdeploy-review"),
    metavar="FOLDER",
    help="For comment.md, report.html, review.json and plans/. Default: llmdeploy-review.",
)
@click.option("--report-url", metavar="URL", help="Where the whole report is. Default: the run's page.")
@click.pass_context
def preview(
    ctx: click.Context,
    specs: tuple[Path, ...],
    base: str | None,
    environment: str | None,
    simulate: bool | None,
    backend: str | None,
    allow: tuple[Any, ...],
    fail_on: tuple[str, ...],
    out: Path,
    report_url: str | None,
) -> None:
    """Review the specs of a pull request, and keep one comment on it up to date.

    Without SPEC those that it touches. The comment goes into the job's summary where the forge takes none.
    Exit code 6 when a --fail-on condition holds.
    """
    from llmdeploy.cli.ci.preview import Preview, preview_pull_request
    from llmdeploy.cli.review.request import Request

    event = this_event()
    request = Request(specs, base or event.base, environment, backend=backend, allow=allow, fail_on=fail_on)
    wanted = Preview(request, simulate, out, report_url)
    ctx.exit(preview_pull_request(wanted, event, os.environ))


@_command("llmdeploy ci comment --from llmdeploy-review")
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    help="The files that the fork's `ci preview` left.",
)
@env_option
def comment(folder: Path, environment: str | None) -> None:
    """Post the comment of a fork's run, from a run that may write.

    For a workflow_run of GitHub. Which pull request it is comes from GitHub, not from the fork's files.
    """
    from llmdeploy.cli.ci.fork_comment import post_fork_comment

    post_fork_comment(folder, environment, this_event(), os.environ)


@_command(
    "llmdeploy ci apply chat.yaml",
    "llmdeploy ci apply chat.yaml --env prod --destroy-deleted",
    "llmdeploy ci apply chat.yaml --without-plan --json",
)
@maybe_specs_argument
@base_option
@env_option
@click.option("--destroy-deleted", is_flag=True, help="Remove the deployments of deleted specs.")
@click.option("--without-plan", is_flag=True, help="Also do what was not reviewed.")
@simulate_option
@backend_option
@allow_option
@json_option
@click.pass_context
def apply(
    ctx: click.Context,
    specs: tuple[Path, ...],
    base: str | None,
    environment: str | None,
    destroy_deleted: bool,
    without_plan: bool,
    simulate: bool,
    backend: str | None,
    allow: tuple[str, ...],
    as_json: bool,
) -> None:
    """Deploy what was merged, exactly as it was reviewed.

    Finds the plans that `ci preview` left for the merged pull request, and runs `llmdeploy up SPEC --plan`
    for each SPEC; without SPEC those that the merge touches. The exit code is the worst of theirs.
    """
    from llmdeploy.cli.ci.merge import Merge, apply_merge

    options = [*(["--simulate"] if simulate else []), *(["--backend", backend] if backend else [])]
    options += [f"--allow={check}" for check in allow]
    wanted = Merge(specs, base, environment, options, destroy_deleted, without_plan)
    ctx.exit(apply_merge(wanted, this_event(), os.environ, as_json=as_json))


@_command("llmdeploy ci drift", "llmdeploy ci drift chat.yaml --env prod --json")
@maybe_specs_argument
@env_option
@simulate_option
@backend_option
@json_option
@click.pass_context
def drift(
    ctx: click.Context,
    specs: tuple[Path, ...],
    environment: str | None,
    simulate: bool,
    backend: str | None,
    as_json: bool,
) -> None:
    """Keep an issue open for each deployment that is not as `up` left it.

    Without SPEC all that lie below this folder. The issue is brought up to date while there is drift, and
    closed when there is none.
    """
    from llmdeploy.cli.ci.drift import watch_drift
    from llmdeploy.cli.review.request import Request

    request = Request(specs, None, environment, simulate, backend)
    ctx.exit(watch_drift(request, this_event(), os.environ, as_json=as_json))
