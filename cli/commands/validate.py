"""`llmdeploy validate`."""

from __future__ import annotations

from pathlib import Path

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.options import env_option, json_option, spec_argument
from llmdeploy.cli.render.validation import print_verdicts, show_verdicts
from llmdeploy.cli.verdicts import Verdict, Verdicts
from llmdeploy.infra.home import cache_from_environment
from llmdeploy.serving.errors import SpecErrors


@command(
    "llmdeploy validate chat.yaml",
    "llmdeploy validate chat.yaml big.yaml --json",
    "llmdeploy validate chat.yaml --env dev",
)
@spec_argument(several=True)
@env_option
@json_option
@click.pass_context
def validate(ctx: click.Context, specs: tuple[Path, ...], environment: str | None, as_json: bool) -> None:
    """Check specs, all their environments too, and show every problem at once."""
    good, bad = _check(specs, environment)
    (print_verdicts if as_json else show_verdicts)(good, bad)
    ctx.exit(exit_codes.USAGE if bad else exit_codes.OK)


def _check(specs: tuple[Path, ...], environment: str | None) -> tuple[list[Verdict], list[SpecErrors]]:
    verdicts = Verdicts(cache_from_environment() / "validated")
    good, bad = [], []
    for spec in specs:
        try:
            name = verdicts.name(spec, environment)
            good.append(verdicts.recall(name) or _checked_anew(spec, environment, verdicts, name))
        except SpecErrors as errors:
            bad.append(errors)
    return good, bad


def _checked_anew(spec: Path, environment: str | None, verdicts: Verdicts, name: str | None) -> Verdict:
    from llmdeploy.serving.load import load_spec

    loaded = load_spec(spec, environment)
    verdict = Verdict(loaded.file, loaded.warnings)
    if name and name == verdicts.name(spec, environment):  # else it changed while it was read
        verdicts.remember(name, verdict)
    return verdict
