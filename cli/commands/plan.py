"""`llmdeploy plan`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.options import env_option, json_option, spec_argument
from llmdeploy.cli.views import View
from llmdeploy.infra.home import home_from_environment

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan


@command("llmdeploy plan chat.yaml", "llmdeploy plan chat.yaml --env dev", "llmdeploy plan chat.yaml --json")
@spec_argument()
@env_option
@click.option("-v", "--verbose", is_flag=True, help="Also show how a replica starts, part by part.")
@json_option
def plan(spec: Path, environment: str | None, verbose: bool, as_json: bool) -> None:
    """Show what a spec becomes on this machine, and the reason of every value that was left open."""
    options = {"verbose": verbose, "json": as_json}
    view = View("plan", spec, environment, options, home_from_environment(), check=True)
    view.show(partial(_draw, verbose=verbose, as_json=as_json))


def _draw(planned: Plan, into: TextIO, *, verbose: bool, as_json: bool) -> None:
    if as_json:
        click.echo(planned.model_dump_json(indent=2), into)
        return
    from llmdeploy.cli.render.console import console
    from llmdeploy.cli.render.plan import show_plan

    show_plan(planned, console(into=into), verbose=verbose)
