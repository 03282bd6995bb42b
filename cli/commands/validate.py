"""`llmdeploy validate`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.options import env_option, spec_argument
from llmdeploy.cli.render.reports.checked import CheckedSpec
from llmdeploy.cli.render.reports.table import FORMATS, report_on, write_report
from llmdeploy.cli.render.validation import show_checked
from llmdeploy.cli.spec_files import is_spec_file
from llmdeploy.cli.verdicts import Verdict, Verdicts
from llmdeploy.infra.home import cache_from_environment
from llmdeploy.serving.errors import SpecErrors


def _report_files(
    ctx: click.Context, param: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    """Each FORMAT:FILE as the format and the file, whose name may hold colons too."""
    reports = []
    for value in values:
        format_name, _, file = value.partition(":")
        if format_name not in FORMATS or not file:
            known = ", ".join(FORMATS)
            raise click.BadParameter(f"{value!r} is not FORMAT:FILE; formats are {known}.", ctx, param)
        reports.append((format_name, Path(file)))
    return tuple(reports)


@command(
    "llmdeploy validate chat.yaml",
    "llmdeploy validate chat.yaml big.yaml --json",
    "llmdeploy validate chat.yaml --env dev",
    "llmdeploy validate *.yaml --only-specs --format github --report sarif:llmdeploy.sarif",
)
@spec_argument(several=True)
@env_option
@click.option("--only-specs", is_flag=True, help="Leave out files that do not look like a spec; say nothing.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(("text", *FORMATS)),
    metavar="FORMAT",
    help="How to print: text (the default), json, sarif, junit, codequality (GitLab) or github.",
)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option(
    "--report",
    "reports",
    callback=_report_files,
    multiple=True,
    metavar="FORMAT:FILE",
    help="Also write a report of any format but text into a file. Can be given several times.",
)
@click.pass_context
def validate(
    ctx: click.Context,
    specs: tuple[Path, ...],
    environment: str | None,
    only_specs: bool,
    format_name: str | None,
    as_json: bool,
    reports: tuple[tuple[str, Path], ...],
) -> None:
    """Check specs, all their environments too, and show every problem at once.

    Exit code 2 when there are problems. With --only-specs a file looks like a spec when it has `model:` and
    `regions:` at the top, or names the schema as `llmdeploy init` does.
    """
    shown_as = _shown_as(format_name, as_json=as_json)
    checked = list(_check([spec for spec in specs if not only_specs or _is_spec(spec)], environment))
    for report_format, file in reports:
        write_report(checked, report_format, file)
    if shown_as == "text":
        show_checked(checked)
    else:
        click.echo(report_on(checked, shown_as), nl=False)
    ctx.exit(exit_codes.USAGE if any(spec.problems for spec in checked) else exit_codes.OK)


def _shown_as(format_name: str | None, *, as_json: bool) -> str:
    if as_json and format_name not in (None, "json"):
        raise click.UsageError(f"--json and --format {format_name} are two formats; leave one of them out.")
    return "json" if as_json else format_name or "text"


def _is_spec(file: Path) -> bool:
    """Whether to check a file; what cannot be looked into is checked, so that it is told."""
    try:
        return not file.is_file() or is_spec_file(file)
    except OSError:
        return True


def _check(specs: Sequence[Path], environment: str | None) -> Iterator[CheckedSpec]:
    verdicts = Verdicts(cache_from_environment() / "validated")
    for spec in specs:
        try:
            name = verdicts.name(spec, environment)
            good = verdicts.recall(name) or _checked_anew(spec, environment, verdicts, name)
            yield CheckedSpec(good.file, warnings=good.warnings)
        except SpecErrors as errors:
            yield CheckedSpec(str(spec), problems=errors.problems)


def _checked_anew(spec: Path, environment: str | None, verdicts: Verdicts, name: str | None) -> Verdict:
    from llmdeploy.serving.load import load_spec
    from llmdeploy.serving.quality import gate_problems

    loaded = load_spec(spec, environment)
    if problems := gate_problems(loaded.gates.values()):
        raise SpecErrors(problems)
    verdict = Verdict(loaded.file, loaded.warnings)
    # Else it changed while it was read; and what the prompts' file will say is not known by the spec's bytes.
    if name and name == verdicts.name(spec, environment) and not loaded.gates:
        verdicts.remember(name, verdict)
    return verdict
