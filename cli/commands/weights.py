"""`llmdeploy weights`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llmdeploy.cli.command import Command, Group
from llmdeploy.cli.options import env_option, json_lines_option, json_option, region_option, spec_argument
from llmdeploy.infra.home import home_from_environment

if TYPE_CHECKING:
    from llmdeploy.infra.weights.mirror.open import Buckets


@click.group(
    cls=Group,
    no_args_is_help=True,
    examples=("llmdeploy weights push chat.yaml", "llmdeploy weights list chat.yaml"),
)
def weights() -> None:
    """Mirror models into the bucket of each cloud region, from where replicas load them.

    A mirrored model loads at the speed of the region's own network, also when the hub is down.
    """


_to = region_option("--to", "Only this region of the spec. Can be given several times.", several=True)


@weights.command(
    cls=Command,
    examples=(
        "llmdeploy weights push chat.yaml",
        "llmdeploy weights push chat.yaml --to aws/us-east-1",
        "llmdeploy weights push chat.yaml --from ./weights",
    ),
)
@spec_argument()
@_to
@click.option(
    "--from",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Read the model from this folder, not from the hub.",
)
@env_option
@json_lines_option
def push(
    spec: Path, to: tuple[str, ...], folder: Path | None, environment: str | None, as_json: bool
) -> None:
    """Send the spec's models, adapters included, to the bucket of each region.

    Only what is not there is sent. Interrupted, it goes on where it was.
    """
    from llmdeploy.cli.render.weights import PushProgress, show_pushed
    from llmdeploy.infra.weights.mirror.spec import cloud_regions, push_spec
    from llmdeploy.serving.load import load_spec

    loaded = load_spec(spec, environment)
    regions = cloud_regions(loaded, to)
    with PushProgress(as_json=as_json) as progress:
        pushed = list(push_spec(loaded, regions, _buckets(), progress, folder))
    show_pushed(pushed, as_json=as_json)


@weights.command("list", cls=Command, examples=("llmdeploy weights list chat.yaml --json",))
@spec_argument()
@_to
@env_option
@json_option
def list_(spec: Path, to: tuple[str, ...], environment: str | None, as_json: bool) -> None:
    """Show which of the spec's models are in the bucket of each region."""
    from llmdeploy.cli.render.weights import show_mirrored
    from llmdeploy.infra.weights.mirror.spec import cloud_regions, list_spec
    from llmdeploy.serving.load import load_spec

    loaded = load_spec(spec, environment)
    show_mirrored(list(list_spec(loaded, cloud_regions(loaded, to), _buckets())), as_json=as_json)


def _buckets() -> Buckets:
    from llmdeploy.infra.weights.mirror.open import Buckets

    return Buckets(os.environ, home_from_environment().cache)
