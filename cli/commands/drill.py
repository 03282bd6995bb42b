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
    from llmdeploy.infra.drill.fault import HarmKind
    from llmdeploy.infra.drill.report import DrillReport


@command(
    "llmdeploy drill chat.yaml --kill local/a",
    "llmdeploy drill chat.yaml --hang local/a --max-failed 0 --max-gap 3 --json",
    "llmdeploy drill chat.yaml --slow local/b --replica b-0 --seconds 60",
    "llmdeploy drill chat.yaml --evacuate aws/us-east-1 --max-failed 0 --report drill.html",
)
@spec_argument()
@env_option
@backend_option
@region_option("--kill", "Kill the processes of this region.")
@region_option("--hang", "Stop them: they keep connections and say nothing.")
@region_option("--slow", "Let them run a fifth of the time.")
@region_option("--evacuate", "Send its requests elsewhere, as `llmdeploy evacuate` does, and back.")
@click.option("--replica", metavar="NAME", default="", help="Only this replica of the region.")
@click.option("--seconds", type=click.FloatRange(min=1), default=20.0, show_default=True, help="Load in all.")
@click.option("--workers", type=click.IntRange(1, 256), default=8, show_default=True, help="Clients at once.")
@click.option("--max-failed", type=click.IntRange(min=0), help="Exit code 1 when more requests fail.")
@click.option("--max-gap", type=click.FloatRange(min=0), help="Exit code 1 after longer without an answer.")
@click.option("--total-outage", is_flag=True, help="Go ahead even when no other region can take over.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also write it: an HTML page, or for .md Markdown with the picture beside it. May be repeated.",
)
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
    evacuate: str | None,
    replica: str,
    seconds: float,
    workers: int,
    max_failed: int | None,
    max_gap: float | None,
    total_outage: bool,
    reports: tuple[Path, ...],
    as_json: bool,
) -> None:
    """Break or evacuate a region under a bounded real load, and measure what clients see.

    Whatever is broken is brought back in the end, also after Ctrl-C. Seconds are those of the whole load:
    a fifth before the fault, two fifths during it, two fifths after. In real clouds a region can be
    evacuated; the processes that the other faults break are on this machine.
    """
    from llmdeploy.cli.drilling import drill_evacuation, drill_fault
    from llmdeploy.cli.render.drill_progress import drill_progress
    from llmdeploy.infra.drill import DrillOptions, Fault, Limits

    kind, region = _harm(kill=kill, hang=hang, slow=slow, evacuate=evacuate)
    _check_options(kind, replica, reports)
    deployment = open_deployment(spec, environment, backend, changes=kind == "evacuate")
    options = DrillOptions(workers=workers, seconds=seconds, allow_total_outage=total_outage)
    limits = Limits(max_failed, max_gap)
    with drill_progress(as_json=as_json) as view:
        if kind == "evacuate":
            found = drill_evacuation(deployment, region, options, limits, view)
        else:
            found = drill_fault(deployment, Fault(kind, region, replica), options, limits, view)
    _show(found, reports, as_json=as_json)
    ctx.exit(exit_codes.OK if found.passed else exit_codes.FAILED)


def _harm(**wanted: str | None) -> tuple[HarmKind, str]:
    given = [(kind, region) for kind, region in wanted.items() if region is not None]
    if len(given) != 1:
        raise click.UsageError(
            "Name one fault: --kill REGION, --hang REGION, --slow REGION or --evacuate REGION."
        )
    kinds: dict[str, HarmKind] = {"kill": "kill", "hang": "hang", "slow": "slow", "evacuate": "evacuate"}
    kind, region = given[0]
    return kinds[kind], region


def _check_options(kind: HarmKind, replica: str, reports: tuple[Path, ...]) -> None:
    if kind == "evacuate" and replica:
        raise click.UsageError("--evacuate takes a whole region: leave --replica out.")
    if not reports:
        return
    from llmdeploy.cli.render.drill_report.write import ENDINGS

    for report in reports:
        if report.suffix.lower() not in ENDINGS:
            raise click.UsageError(f"--report {report}: name a file that ends with .html or .md.")
        if not report.absolute().parent.is_dir():
            raise click.UsageError(f"--report {report}: there is no folder {report.parent}.")


def _show(found: DrillReport, reports: tuple[Path, ...], *, as_json: bool) -> None:
    if reports:
        from llmdeploy.cli.render.drill_report.write import write_report

        for file in reports:
            write_report(found, file)
    if as_json:
        from llmdeploy.cli.render.progress_json import print_line

        print_line("result", found.document())
        return
    from llmdeploy.cli.render.console import console
    from llmdeploy.cli.render.drill import show_drill

    show_drill(found, console())
