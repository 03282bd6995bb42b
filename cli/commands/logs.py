"""`llmdeploy logs`."""

from __future__ import annotations

from pathlib import Path

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_plan
from llmdeploy.cli.options import env_option, json_option, region_option, spec_argument
from llmdeploy.serving.errors import LlmdeployError


@command(
    "llmdeploy logs chat.yaml",
    "llmdeploy logs chat.yaml -f --region local/a",
    "llmdeploy logs chat.yaml --gateway -n 100",
)
@spec_argument()
@env_option
@region_option("--region", "Only this region; may be given again.", several=True)
@click.option("--replica", metavar="NAME", multiple=True, help="Only this replica; may be given again.")
@click.option("--gateway", is_flag=True, help="The gateway; with --region or --replica, those as well.")
@click.option(
    "-n", "--lines", type=click.IntRange(min=0), default=20, show_default=True, help="Lines of each log."
)
@click.option("-f", "--follow", "following", is_flag=True, help="Go on with what is added, until Ctrl-C.")
@json_option
def logs(
    spec: Path,
    environment: str | None,
    region: tuple[str, ...],
    replica: tuple[str, ...],
    gateway: bool,
    lines: int,
    following: bool,
    as_json: bool,
) -> None:
    """Show the logs of replicas and of the gateway, each line with its source when there are several.

    Of a live simulation too, with those of what answers for managed endpoints.
    """
    from llmdeploy.cli.live.log_files import log_files, simulated_log_files
    from llmdeploy.cli.live.logtail import follow, last_lines
    from llmdeploy.cli.render.log_lines import show_lines
    from llmdeploy.infra.home import home_from_environment
    from llmdeploy.infra.simulate.attach import live_folder

    home = home_from_environment()
    plan = open_plan(spec, environment, home)
    live = live_folder(home, plan.stack_name)
    if live.is_dir():
        sources = simulated_log_files(plan, live, regions=region, replicas=replica, gateway=gateway)
    else:
        sources = log_files(
            plan, home.run(plan.stack_name), regions=region, replicas=replica, gateway=gateway
        )
    if not any(path.exists() for path in sources.values()):
        raise LlmdeployError(f"{plan.stack_name} has no logs here", f"bring it up with `llmdeploy up {spec}`")
    show_lines(last_lines(sources, lines), sources, as_json=as_json)
    if following:
        show_lines(follow(sources), sources, as_json=as_json)
