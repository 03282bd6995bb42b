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
    from llmdeploy.cli.live.report import StatusReport


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
    from llmdeploy.cli.live.collect import Collector

    deployment = open_deployment(spec, environment, backend)
    collector = Collector(deployment.plan, deployment.run_dir, deployment.outputs())
    if watch:
        from llmdeploy.cli.render.watch import watch_status

        watch_status(collector.report, as_json=as_json)
    report = collector.report()
    _show(report, as_json=as_json)
    ctx.exit(exit_codes.OK if report.healthy else exit_codes.UNHEALTHY)


def _show(report: StatusReport, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.document(), indent=2, ensure_ascii=False))
        return
    from llmdeploy.cli.render.console import console
    from llmdeploy.cli.render.status import status_view

    console().print(status_view(report))
