"""`llmdeploy compare`."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.options import env_option, json_option, spec_argument
from llmdeploy.cli.views import View
from llmdeploy.infra.home import Home, home_from_environment
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan


@command(
    "llmdeploy compare chat.yaml",
    "llmdeploy compare chat.yaml --tokens-per-month 5e9",
    "llmdeploy compare chat.yaml --sources",
)
@spec_argument()
@env_option
@click.option(
    "--tokens-per-month",
    type=click.FloatRange(min=1),
    metavar="N",
    help="The volume to compare at; what the spec is expected to answer when absent.",
)
@click.option("--sources", is_flag=True, help="Show where each number is from.")
@json_option
def compare(
    spec: Path, environment: str | None, tokens_per_month: float | None, sources: bool, as_json: bool
) -> None:
    """Compare self-hosting with each managed service of the regions' clouds, and with APIs.

    What each way costs, its limits, which fields of the spec it does not honour,
    and why it cannot be gone where it cannot. Nothing is asked of a cloud.
    """
    options = {"tokens": tokens_per_month, "sources": sources, "json": as_json}
    home = home_from_environment()
    draw = partial(
        _draw, spec=spec, environment=environment, home=home, tokens=tokens_per_month, sources=sources
    )
    View("compare", spec, environment, options, home).show(partial(draw, as_json=as_json))


def _draw(
    planned: Plan,
    into: TextIO,
    *,
    spec: Path,
    environment: str | None,
    home: Home,
    tokens: float | None,
    sources: bool,
    as_json: bool,
) -> None:
    if planned.cost is None:
        raise LlmdeployError(
            f"{planned.stack_name} runs on this machine, where there is nothing to compare",
            "name aws/… or gcp/… regions, or take another --env",
        )
    from llmdeploy.cli.opening import plan_source
    from llmdeploy.cli.render.compare import compare_data, show_comparison
    from llmdeploy.serving.compare.comparison import compare as compared
    from llmdeploy.serving.load import load_spec

    ways = compared(load_spec(spec, environment), planned, partial(plan_source, home=home))
    data = compare_data(planned, ways, tokens)
    if as_json:
        click.echo(json.dumps(data, indent=2), into)
        return
    from llmdeploy.cli.render.console import console

    show_comparison(data, console(into=into), sources=sources)
