"""The arguments and options that several commands take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

from llmdeploy.cli.complete import complete_environment, complete_region, complete_spec
from llmdeploy.cli.spec_files import is_spec_file

_F = TypeVar("_F", bound=Callable[..., Any])


class SpecArgument(click.Argument):
    """The path of a spec; when it is missing, the message names the specs that lie in the folder."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Convert the value, and say more than click does when there is none."""
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter as error:
            raise click.UsageError(f"Which spec? {_found(Path())}", ctx) from error


def spec_argument(*, several: bool = False) -> Callable[[_F], _F]:
    """The SPEC argument; with `several`, one or more as `specs`."""
    name, count = ("specs", -1) if several else ("spec", 1)
    return click.argument(
        name,
        cls=SpecArgument,
        nargs=count,
        required=True,
        metavar="SPEC..." if several else "SPEC",
        type=click.Path(path_type=Path),
        shell_complete=complete_spec,
    )


env_option = click.option(
    "--env",
    "environment",
    metavar="NAME",
    shell_complete=complete_environment,
    help="Apply this overlay of the spec's `environments`.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
json_lines_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON lines: events, then the result."
)
yes_option = click.option("-y", "--yes", is_flag=True, help="Do not ask.")
simulate_option = click.option(
    "--simulate", is_flag=True, help="On simulated clouds: needs no credentials, costs nothing."
)
allow_option = click.option(
    "--allow",
    multiple=True,
    metavar="CHECK",
    help="Go on although this check of the preflight failed softly; see `llmdeploy preflight`.",
)
refresh_images_option = click.option(
    "--refresh-images", is_flag=True, help="Take the newest machine images and image digests; rolls fleets."
)
backend_option = click.option(
    "--backend",
    metavar="URL",
    help="Where Pulumi keeps the state (s3://…, gs://…, https://…). Default: a folder of this machine.",
)


def region_option(name: str, text: str, *, several: bool = False) -> Callable[[_F], _F]:
    """An option that takes a region of the spec."""
    return click.option(name, metavar="REGION", multiple=several, shell_complete=complete_region, help=text)


def specs_in(folder: Path) -> Sequence[str]:
    """The names of the YAML files in a folder that look like specs."""
    names = []
    for path in sorted(folder.glob("*.y*ml")):
        with suppress(OSError):
            if path.is_file() and is_spec_file(path):
                names.append(path.name)
    return names


def _found(folder: Path) -> str:
    found = specs_in(folder)
    if not found:
        return "There is none in this folder; write one with `llmdeploy init`."
    return f"Found here: {', '.join(found)}."
