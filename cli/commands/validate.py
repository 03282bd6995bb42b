"""`llmdeploy validate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.command import command
from llmdeploy.cli.options import env_option, json_option, spec_argument
from llmdeploy.cli.render.validation import print_verdicts, show_verdicts
from llmdeploy.serving.errors import SpecErrors

if TYPE_CHECKING:
    from llmdeploy.serving.load import LoadedSpec


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


def _check(specs: tuple[Path, ...], environment: str | None) -> tuple[list[LoadedSpec], list[SpecErrors]]:
    from llmdeploy.serving.load import load_spec

    good, bad = [], []
    for spec in specs:
        try:
            good.append(load_spec(spec, environment))
        except SpecErrors as errors:
            bad.append(errors)
    return good, bad
