"""What several `ci` commands take, and the event that they all work on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from llmdeploy.cli.complete import complete_spec

if TYPE_CHECKING:
    from llmdeploy.infra.forge.ci_event import CiEvent

base_option = click.option(
    "--base", metavar="REF", help="What is merged into. Default: what the pipeline says."
)
maybe_specs_argument = click.argument(
    "specs",
    nargs=-1,
    metavar="[SPEC...]",
    type=click.Path(path_type=Path),
    shell_complete=complete_spec,
)


def this_event() -> CiEvent:
    """Why this job runs. Raises LlmdeployError: this is no job of a CI that we know."""
    from llmdeploy.infra.forge.ci_event import ci_event

    return ci_event(os.environ)
