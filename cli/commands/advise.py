"""`llmdeploy advise`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.complete import complete_spec
from llmdeploy.cli.opening import open_plan
from llmdeploy.cli.options import env_option, json_option
from llmdeploy.infra.home import home_from_environment
from llmdeploy.serving.errors import LlmdeployError

DEFAULT_TOKENS = 1e9
"""Tokens a month where none are given: about 25,000 requests of 1,024 + 256 tokens a day."""


@command(
    "llmdeploy advise chat.yaml",
    "llmdeploy advise chat.yaml --tokens-per-month 2e10 --operations strong",
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
@click.option("--sources", is_flag=True, help="Show where each number is from.")
@json_option
def advise(
    spec: Path | None, environment: str | None, sources: bool, as_json: bool, **circumstances: Any
) -> None:
    """Say whether to self-host or to call an API, from which volume on, and with which framework.

    Without a SPEC, only the framework is advised.
    """
    from llmdeploy.cli.render.advise import advice_data, show_advice
    from llmdeploy.serving.advise.circumstances import Circumstances

    plan = None
    if spec is not None:
        plan = open_plan(spec, environment, home_from_environment())
        if plan.cost is None:
            raise LlmdeployError(
                f"{plan.stack_name} runs on this machine, where there is no price to compare",
                "name aws/… or gcp/… regions, or take another --env",
            )
        circumstances["residency"] |= bool(plan.gateway.residency)
        circumstances["customised"] |= bool(plan.model.adapters)
    data = advice_data(Circumstances(**circumstances), plan)
    if as_json:
        import json

        click.echo(json.dumps(data, indent=2))
        return
    from llmdeploy.cli.render.console import console

    show_advice(data, console(), sources=sources)
