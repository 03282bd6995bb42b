"""`llmdeploy drill`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.options import backend_option, env_option, json_lines_option, region_option, spec_argument

if TYPE_CHECKING:
    from llmdeploy.infra.status.fault_record import FaultKind


@command(
    "llmdeploy drill chat.yaml --kill local/a",
    "llmdeploy drill chat.yaml --hang local/a --max-failed 0 --max-gap 3 --json",
    "llmdeploy drill chat.yaml --slow local/b --replica b-0 --seconds 60",
)
@spec_argument()
@env_option
@backend_option
@region_option("--kill", "Kill the processes of this region.")
@region_option("--hang", "Stop them: they keep connections and say nothing.")
@region_option("--slow", "Let them run a fifth of the time.")
@click.option("--replica", metavar="NAME", default="", help="Only this replica of the region.")
@click.option("--seconds", type=click.FloatRange(min=1), default=20.0, show_default=True, help="Load in all.")
@click.option("--workers", type=click.IntRange(1, 256), default=8, show_default=True, help="Clients at once.")
@click.option("--max-failed", type=click.IntRange(min=0), help="Exit code 1 when more requests fail.")
@click.option("--max-gap", type=click.FloatRange(min=0), help="Exit code 1 after longer without an answer.")
@click.option("--total-outage", is_flag=True, help="Go ahead even when no other region can take over.")
@json_lines_option
@click.pass_context
def drill(
    ctx: click.Context,
    spec: Path,
    environment: str | None,
    backend: str | None,
    kill: str | None,
    hang: str | None,
    slow: str | None,
    replica: str,
    seconds: float,
    workers: int,
    max_failed: int | None,
    max_gap: float | None,
    total_outage: bool,
    as_json: bool,
) -> None:
    """Break a region under a bounded real load, and measure what clients see.

    Whatever is broken is brought back in the end, also after Ctrl-C. Seconds are those of the whole load:
    a fifth before the fault, two fifths during it, two fifths after.
    """
    from llmdeploy.cli.render.drill import show_drill
    from llmdeploy.cli.render.drill_progress import drill_progress
    from llmdeploy.cli.render.progress_json import print_line
    from llmdeploy.infra.drill import DrillOptions, Fault, Limits, run_drill
    from llmdeploy.infra.status import deployment_facts

    kind, region = _fault(kill=kill, hang=hang, slow=slow)
    deployment = open_deployment(spec, environment, backend)
    outputs = deployment.outputs(show_secrets=True)
    facts = deployment_facts(deployment.plan, deployment.run_dir, outputs)
    fault, limits = Fault(kind, region, replica), Limits(max_failed, max_gap)
    options = DrillOptions(workers=workers, seconds=seconds, allow_total_outage=total_outage)
    locks = deployment.home.locks
    with drill_progress(as_json=as_json) as view:
        report = run_drill(facts, fault, options, limits, locks=locks, on_progress=view)
    if as_json:
        print_line("result", report.document())
    else:
        from llmdeploy.cli.render.console import console

        show_drill(report, console())
    ctx.exit(exit_codes.OK if report.passed else exit_codes.FAILED)


def _fault(**wanted: str | None) -> tuple[FaultKind, str]:
    given = [(kind, region) for kind, region in wanted.items() if region is not None]
    if len(given) != 1:
        raise click.UsageError("Name one fault: --kill REGION, --hang REGION or --slow REGION.")
    kinds: dict[str, FaultKind] = {"kill": "kill", "hang": "hang", "slow": "slow"}
    kind, region = given[0]
    return kinds[kind], region
