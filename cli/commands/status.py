"""`llmdeploy status`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.options import backend_option, env_option, json_option, simulate_option, spec_argument
from llmdeploy.cli.render.looking import looking

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.status.overview import Overlook


@command(
    "llmdeploy status chat.yaml", "llmdeploy status chat.yaml --watch", "llmdeploy status chat.yaml --json"
)
@spec_argument()
@env_option
@simulate_option
@backend_option
@click.option("-w", "--watch", is_flag=True, help="Look again every second, until Ctrl-C.")
@json_option
@click.pass_context
def status(
    ctx: click.Context,
    spec: Path,
    environment: str | None,
    simulate: bool,
    backend: str | None,
    watch: bool,
    as_json: bool,
) -> None:
    """Show what a deployment does now: its spec, its state, its clouds, its endpoints, every replica.

    What cannot be asked is said so, and the rest is shown. Exit code 5 when something is not healthy, or the
    spec has changed since `up`.
    """
    overlook = _overlook(open_deployment(spec, environment, backend, simulate=simulate or None))
    if watch:
        from llmdeploy.cli.render.watch import watch_status

        watch_status(overlook, as_json=as_json)
        return
    with looking(f"looking at {spec}"):
        seen = overlook.look()
    if as_json:
        click.echo(json.dumps(seen.document(), indent=2, ensure_ascii=False))
    else:
        from llmdeploy.cli.render.console import console
        from llmdeploy.cli.render.status import show_overview

        show_overview(seen, console())
    ctx.exit(exit_codes.OK if seen.healthy else exit_codes.UNHEALTHY)


def _overlook(deployment: Deployment) -> Overlook:
    from llmdeploy.infra.status.overview import Overlook, Subject

    clouds = None
    if deployment.plan.regions[0].provider != "local":
        from llmdeploy.infra.fleet.inventory import real_clouds, simulated_clouds

        simulation = deployment.simulation
        clouds = simulated_clouds(simulation.folder) if simulation else real_clouds()
    return Overlook(
        Subject(
            plan=deployment.plan,
            run_dir=deployment.run_dir,
            locks=deployment.home.locks,
            catalog=deployment.home.root / "catalog",
            engine=deployment.runner,
            simulation=deployment.simulation,
            clouds=clouds,
        )
    )
