"""`llmdeploy rollback`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.operations import refuse_unasked
from llmdeploy.cli.options import (
    allow_option,
    backend_option,
    env_option,
    json_lines_option,
    simulate_option,
    spec_argument,
    yes_option,
)


@command(
    "llmdeploy rollback chat.yaml",
    "llmdeploy rollback chat.yaml --to 3 --yes",
)
@spec_argument()
@env_option
@click.option(
    "--to",
    "number",
    type=click.IntRange(min=1),
    metavar="REVISION",
    help="Its number, as `history` shows it; the one before the present one when absent.",
)
@simulate_option
@allow_option
@backend_option
@yes_option
@json_lines_option
def rollback(
    spec: Path,
    environment: str | None,
    number: int | None,
    simulate: bool,
    allow: tuple[Any, ...],
    backend: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Go back to a former revision: the same spec, model revision and images as it had.

    Its replicas start beside the present ones; the traffic moves once they are warm, region by region, and
    nothing is judged. A rollout that is under way is taken back instead. The spec file is left as it is: the
    next `up` would bring its version again.
    """
    from llmdeploy.cli.rollouts.back import go_back

    refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(spec, environment, backend, simulate=simulate or None, changes=True)
    code = go_back(deployment, str(spec), number, allow, yes=yes, as_json=as_json)
    click.get_current_context().exit(code)
