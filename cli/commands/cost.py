"""`llmdeploy cost`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.options import env_option, json_option, spec_argument
from llmdeploy.cli.views import View
from llmdeploy.infra.home import home_from_environment
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan


@command(
    "llmdeploy cost chat.yaml",
    "llmdeploy cost chat.yaml --tokens-per-month 5e9",
    "llmdeploy cost chat.yaml --sources",
)
@spec_argument()
@env_option
@click.option("--tokens-per-month", type=click.FloatRange(min=1), metavar="N", help="Price this volume too.")
@click.option("--sources", is_flag=True, help="Show where each number is from.")
@json_option
def cost(
    spec: Path, environment: str | None, tokens_per_month: float | None, sources: bool, as_json: bool
) -> None:
    """Show what a spec costs, row by row, beside managed endpoints and APIs."""
    options = {"tokens": tokens_per_month, "sources": sources, "json": as_json}
    view = View("cost", spec, environment, options, home_from_environment())
    overlay = view.home.root / "catalog"
    view.show(partial(_draw, overlay=overlay, tokens=tokens_per_month, sources=sources, as_json=as_json))


def _draw(
    planned: Plan, into: TextIO, *, overlay: Path, tokens: float | None, sources: bool, as_json: bool
) -> None:
    if planned.cost is None:
        raise LlmdeployError(
            f"{planned.stack_name} runs on this machine, which costs nothing",
            "name aws/… or gcp/… regions, or take another --env",
        )
    from llmdeploy.cli.render.cost import cost_data, show_cost

    data = cost_data(planned, overlay, tokens)
    if as_json:
        click.echo(json.dumps(data, indent=2), into)
        return
    from llmdeploy.cli.render.console import console

    show_cost(data, console(into=into), sources=sources)
