"""`llmdeploy evacuate`."""

from __future__ import annotations

from pathlib import Path

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.complete import complete_region
from llmdeploy.cli.duration import Duration
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.operations import refuse_unasked
from llmdeploy.cli.options import (
    backend_option,
    env_option,
    json_lines_option,
    simulate_option,
    spec_argument,
    yes_option,
)


@command(
    "llmdeploy evacuate chat.yaml local/a",
    "llmdeploy evacuate chat.yaml aws/us-east-1 --within 5m --yes",
    "llmdeploy evacuate chat.yaml aws/us-east-1 --back",
)
@spec_argument()
@click.argument("region", shell_complete=complete_region)
@env_option
@click.option(
    "--within",
    type=Duration(),
    default="60s",
    show_default=True,
    metavar="TIME",
    help="Wait so long until nothing is under way there; with --back until it is well.",
)
@click.option("--back", is_flag=True, help="Let it take requests again.")
@simulate_option
@backend_option
@yes_option
@json_lines_option
@click.pass_context
def evacuate(
    ctx: click.Context,
    spec: Path,
    region: str,
    environment: str | None,
    within: float,
    back: bool,
    simulate: bool,
    backend: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Take a region out of service without failing a request, or bring it back.

    Its replicas go on running. New requests go to the other regions, and come back only when none of those
    answers; what is under way ends where it began. It stays so, whatever `up` changes, until --back.

    Exit code 1 when something is still under way after the time; the region stays evacuated.
    """
    from llmdeploy.cli.evacuation import evacuate_region
    from llmdeploy.cli.render.evacuate import show_evacuation

    refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(spec, environment, backend, simulate=simulate or None, changes=True)
    report = evacuate_region(deployment, region, str(spec), within, back=back, yes=yes, as_json=as_json)
    show_evacuation(report, str(spec), as_json=as_json)
    ctx.exit(exit_codes.OK if report.ok else exit_codes.FAILED)
