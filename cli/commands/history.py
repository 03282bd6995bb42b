"""`llmdeploy history`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.options import backend_option, env_option, json_option, simulate_option, spec_argument
from llmdeploy.cli.render.looking import looking


@command(
    "llmdeploy history chat.yaml",
    "llmdeploy history chat.yaml --env dev --limit 3",
    "llmdeploy history chat.yaml --json",
)
@spec_argument()
@env_option
@simulate_option
@backend_option
@click.option(
    "-n", "--limit", type=click.IntRange(min=1), default=10, show_default=True, help="How many, at most."
)
@json_option
def history(
    spec: Path, environment: str | None, simulate: bool, backend: str | None, limit: int, as_json: bool
) -> None:
    """Show what was done to a deployment, the newest first: when, by which spec, and what came of it; then
    the revisions that `rollback` can go back to.

    Pulumi counts the stack itself as one of the resources.
    """
    deployment = open_deployment(spec, environment, backend, simulate=simulate or None)
    with looking(f"looking at {deployment.stack}"):
        entries = deployment.runner.history(deployment.stack, limit)
    record = deployment.intent().record
    from llmdeploy.cli.render.history import history_data, show_history

    if as_json:
        click.echo(json.dumps(history_data(deployment.stack, entries, record), indent=2, ensure_ascii=False))
        return
    from llmdeploy.cli.render.console import console

    show_history(entries, record, console())
