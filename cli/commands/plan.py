"""`llmdeploy plan`."""

from __future__ import annotations

from pathlib import Path

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_plan
from llmdeploy.cli.options import env_option, json_option, spec_argument
from llmdeploy.infra.home import home_from_environment


@command("llmdeploy plan chat.yaml", "llmdeploy plan chat.yaml --env dev", "llmdeploy plan chat.yaml --json")
@spec_argument()
@env_option
@json_option
def plan(spec: Path, environment: str | None, as_json: bool) -> None:
    """Show what a spec becomes on this machine, and the reason of every value that was left open."""
    planned = open_plan(spec, environment, home_from_environment(), check=True)
    if as_json:
        click.echo(planned.model_dump_json(indent=2))
        return
    from llmdeploy.cli.render.console import console
    from llmdeploy.cli.render.plan import show_plan

    show_plan(planned, console())
