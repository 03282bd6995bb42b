"""`llmdeploy cost`."""

from __future__ import annotations

from pathlib import Path

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_plan
from llmdeploy.cli.options import env_option, json_option, spec_argument
from llmdeploy.infra.home import home_from_environment
from llmdeploy.serving.errors import LlmdeployError


@command(
    "llmdeploy cost chat.yaml",
    "llmdeploy cost chat.yaml --tokens-per-month 5e9",
    "llmdeploy cost chat.yaml --json",
)
@spec_argument()
@env_option
@click.option("--tokens-per-month", type=click.FloatRange(min=1), metavar="N", help="Price this volume too.")
@json_option
def cost(spec: Path, environment: str | None, tokens_per_month: float | None, as_json: bool) -> None:
    """Show what a spec costs, row by row, beside managed endpoints and APIs."""
    home = home_from_environment()
    planned = open_plan(spec, environment, home)
    if planned.cost is None:
        raise LlmdeployError(
            f"{planned.stack_name} runs on this machine, which costs nothing",
            "name aws/… or gcp/… regions, or take another --env",
        )
    from llmdeploy.cli.render.cost import cost_data, show_cost

    data = cost_data(planned, home.root / "catalog", tokens_per_month)
    if as_json:
        import json

        click.echo(json.dumps(data, indent=2))
        return
    from llmdeploy.cli.render.console import console

    show_cost(data, console())
