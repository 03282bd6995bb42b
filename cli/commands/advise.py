"""`llmdeploy advise`."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.complete import complete_spec
from llmdeploy.cli.opening import open_plan
from llmdeploy.cli.options import env_option, json_option
from llmdeploy.cli.views import View
from llmdeploy.infra.home import home_from_environment
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.serving.advise.circumstances import Circumstances
    from llmdeploy.serving.plan.model import Plan

DEFAULT_TOKENS = 1e9
"""Tokens a month where none are given: about 25,000 requests of 1,024 + 256 tokens a day."""


@command(
    "llmdeploy advise chat.yaml",
    "llmdeploy advise chat.yaml --tokens-per-month 2e10 --operations strong",
    "llmdeploy advise chat.yaml --plot break-even.html",
    "llmdeploy advise --structured-output",
)
@click.argument("spec", required=False, type=click.Path(path_type=Path), shell_complete=complete_spec)
@env_option
@click.option("--tokens-per-month", type=click.FloatRange(min=1), default=DEFAULT_TOKENS, show_default=True)
@click.option("--residency", is_flag=True, help="Data may not leave regions of your choice.")
@click.option("--strict-latency", is_flag=True, help="A latency must be kept.")
@click.option("--customised", is_flag=True, help="Weights or adapters are your own.")
@click.option(
    "--operations",
    type=click.Choice(["none", "some", "strong"]),
    default="some",
    show_default=True,
    help="How used the team is to running GPUs.",
)
@click.option("--structured-output", is_flag=True, help="Answers must follow a grammar or a JSON schema.")
@click.option("--hugging-face", is_flag=True, help="The rest of the stack is Hugging Face's.")
@click.option("--nvidia-fleet", is_flag=True, help="The last bit of throughput on NVIDIA GPUs counts.")
@click.option("--existing-triton", is_flag=True, help="Triton serves other models already.")
@click.option(
    "--plot",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False, writable=True),
    help="Draw cost against volume: a .png (with the extra `plot`) or an .html.",
)
@click.option("--sources", is_flag=True, help="Show where each number is from.")
@json_option
def advise(
    spec: Path | None,
    environment: str | None,
    plot: Path | None,
    sources: bool,
    as_json: bool,
    **circumstances: Any,
) -> None:
    """Say whether to self-host or to call an API, from which volume on, and with which framework.

    Without a SPEC, only the framework is advised.
    """
    _check_plot(plot, spec)
    home = home_from_environment()
    draw = partial(
        _draw, circumstances=circumstances, overlay=home.root / "catalog", sources=sources, as_json=as_json
    )
    if spec is None:
        draw(None, sys.stdout)
    elif plot is None:
        options = {**circumstances, "sources": sources, "json": as_json}
        View("advise", spec, environment, options, home).show(draw)
    else:
        planned = open_plan(spec, environment, home)
        _plot(planned, circumstances, home.root / "catalog", plot)
        draw(planned, sys.stdout)
        if not as_json:
            click.echo(f"Drawn in {plot}.")


def _draw(
    plan: Plan | None,
    into: TextIO,
    *,
    circumstances: dict[str, Any],
    overlay: Path,
    sources: bool,
    as_json: bool,
) -> None:
    from llmdeploy.cli.render.advise import advice_data, show_advice
    from llmdeploy.serving.advise.curve import POINTS

    data = advice_data(_given(circumstances, plan), plan, overlay, POINTS)
    if as_json:
        click.echo(json.dumps(data, indent=2), into)
        return
    from llmdeploy.cli.render.console import console

    show_advice(data, console(into=into), sources=sources)


def _given(circumstances: dict[str, Any], plan: Plan | None) -> Circumstances:
    """What the user says of the circumstances, and what the plan does.

    Raises:
        LlmdeployError: the plan has no price.
    """
    from llmdeploy.serving.advise.circumstances import Circumstances

    given = Circumstances(**circumstances)
    if plan is None:
        return given
    if plan.cost is None:
        raise LlmdeployError(
            f"{plan.stack_name} runs on this machine, where there is no price to compare",
            "name aws/… or gcp/… regions, or take another --env",
        )
    return replace(
        given,
        residency=given.residency or bool(plan.gateway.residency),
        customised=given.customised or bool(plan.model.adapters),
    )


def _check_plot(plot: Path | None, spec: Path | None) -> None:
    if plot is None:
        return
    if plot.suffix.lower() not in (".png", ".html"):
        raise click.UsageError(f"--plot {plot}: name a file that ends with .png or .html.")
    if spec is None:
        raise click.UsageError("--plot needs a SPEC: without one there is no price to draw.")


def _plot(plan: Plan, circumstances: dict[str, Any], overlay: Path, file: Path) -> None:
    from llmdeploy.cli.render.advise import advice_data
    from llmdeploy.cli.render.plot.chart import POINTS, chart_of

    data = advice_data(_given(circumstances, plan), plan, overlay, POINTS)
    if not data["curve"]:
        raise LlmdeployError(
            f"{data['stack']}: nothing to draw, as no API that the catalog knows serves the model",
            "leave --plot out: `llmdeploy cost` shows what self-hosting costs",
        )
    if file.suffix.lower() == ".png":
        from llmdeploy.cli.render.plot.png import draw_png as draw
    else:
        from llmdeploy.cli.render.plot.html import draw_html as draw
    try:
        draw(chart_of(data), file)
    except OSError as error:
        raise LlmdeployError(
            f"{file}: {error.strerror}", "name a file in a folder that you may write to"
        ) from error
