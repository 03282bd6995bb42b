"""`llmdeploy status`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.options import backend_option, env_option, json_option, spec_argument

if TYPE_CHECKING:
    from llmdeploy.infra.status import DeploymentFacts, DeploymentStatus


@command(
    "llmdeploy status chat.yaml", "llmdeploy status chat.yaml --watch", "llmdeploy status chat.yaml --json"
)
@spec_argument()
@env_option
@backend_option
@click.option("-w", "--watch", is_flag=True, help="Look again every second, until Ctrl-C.")
@json_option
@click.pass_context
def status(
    ctx: click.Context, spec: Path, environment: str | None, backend: str | None, watch: bool, as_json: bool
) -> None:
    """Show the health and the traffic of every region and replica.

    Exit code 5 when something is not healthy, or the spec has changed since `up`.
    """
    from llmdeploy.infra.status import deployment_facts

    deployment = open_deployment(spec, environment, backend)
    facts = deployment_facts(deployment.plan, deployment.run_dir, deployment.outputs())
    if watch:
        from llmdeploy.cli.render.watch import watch_status

        watch_status(facts, as_json=as_json)
        return
    found = _look_and_show(facts, as_json=as_json)
    ctx.exit(exit_codes.OK if found.healthy else exit_codes.UNHEALTHY)


def _look_and_show(facts: DeploymentFacts, *, as_json: bool) -> DeploymentStatus:
    from llmdeploy.infra.status import deployment_status

    found = deployment_status(facts)
    if as_json:
        click.echo(json.dumps(found.document(), indent=2, ensure_ascii=False))
        return found
    from llmdeploy.cli.render.console import console
    from llmdeploy.cli.render.status import status_view
    from llmdeploy.cli.render.table import show

    show(status_view(found), console())
    return found
