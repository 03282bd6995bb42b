"""`llmdeploy up`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import Deployment, open_deployment
from llmdeploy.cli.operations import confirm, refuse_unasked, run_preview, run_up
from llmdeploy.cli.options import (
    allow_option,
    backend_option,
    env_option,
    json_lines_option,
    refresh_images_option,
    simulate_option,
    spec_argument,
    yes_option,
)
from llmdeploy.cli.ready import wait_until_ready


@command(
    "llmdeploy up chat.yaml",
    "llmdeploy up chat.yaml --env dev --yes",
    "llmdeploy up global.yaml --simulate --live",
    "llmdeploy up chat.yaml --yes --json",
)
@spec_argument()
@env_option
@simulate_option
@click.option("--live", is_flag=True, help="With --simulate: run the simulated instances on this machine.")
@allow_option
@refresh_images_option
@backend_option
@yes_option
@json_lines_option
def up(
    spec: Path,
    environment: str | None,
    simulate: bool,
    live: bool,
    allow: tuple[Any, ...],
    refresh_images: bool,
    backend: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Deploy a spec, or bring its deployment up to date.

    Shows what would change and asks; ends when an answer of the model has come back through the gateway. What
    is no longer as it was left is mended. May be interrupted and run again at any moment.

    In clouds every region comes up by itself: exit code 3 when one does not and others do.
    """
    if live and not simulate:
        raise click.UsageError("--live runs simulated clouds: give --simulate too.")
    refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(spec, environment, backend, check=True, simulate=simulate, changes=True)
    if deployment.plan.regions[0].provider == "local":
        _up_here(deployment, str(spec), yes=yes, as_json=as_json)
        return
    from llmdeploy.cli.clouds.settings import cloud_settings
    from llmdeploy.cli.clouds.up import up_in_clouds

    settings = cloud_settings(deployment, allow, refresh_images=refresh_images)
    assert settings is not None
    up_in_clouds(deployment, settings, str(spec), live=live, yes=yes, as_json=as_json)


def _up_here(deployment: Deployment, spec: str, *, yes: bool, as_json: bool) -> None:
    if not yes:
        run_preview(deployment, as_json=False)
        confirm("Go ahead?")
    result = run_up(deployment, as_json=as_json)
    wait_until_ready(deployment, asdict(result), spec, as_json=as_json)
