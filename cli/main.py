"""The entry point: `llmdeploy`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from llmdeploy.cli import exit_codes
from llmdeploy.cli.boundary import exit_code_of
from llmdeploy.cli.completion_variable import COMPLETION_VARIABLE, NAME
from llmdeploy.cli.group import LazyGroup
from llmdeploy.cli.render.color import color_wanted


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.option("--no-color", is_flag=True, help="No colours, as with NO_COLOR=1. Each command takes it too.")
@click.option("--version", is_flag=True, help="Print the version and exit.")
@click.option("--verbose", is_flag=True, help="With --version: the engine, Envoy and the servers too.")
@click.pass_context
def llmdeploy(ctx: click.Context, /, version: bool, verbose: bool, **_color: Any) -> None:
    """Serve a language model in several regions from one spec.

    Begin with `llmdeploy init`, then `llmdeploy up SPEC`.
    """
    if version:
        from llmdeploy.cli.version import versions

        for name, found in versions(verbose=verbose):
            click.echo(f"{name} {found}")
        ctx.exit()
    if ctx.invoked_subcommand is None:
        raise click.exceptions.NoArgsIsHelpError(ctx)


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code; every error ends here."""
    argv = list(sys.argv[1:] if args is None else args)
    color = color_wanted(argv, os.environ)
    sys.exit(
        exit_code_of(
            lambda: _run(argv, color),
            argv=argv,
            environ=os.environ,
            color=color,
        )
    )


def _run(argv: list[str], color: bool | None) -> int:
    # Group.main would do this too, but it turns a closed pipe into exit code 1.
    if instruction := os.environ.get(COMPLETION_VARIABLE):
        from click.shell_completion import shell_complete

        return shell_complete(llmdeploy, {}, NAME, COMPLETION_VARIABLE, instruction)
    try:
        with llmdeploy.make_context(NAME, argv, color=color) as ctx:
            llmdeploy.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    return exit_codes.OK
