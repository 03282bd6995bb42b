"""`llmdeploy destroy`."""

from __future__ import annotations

from pathlib import Path

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.operations import (
    confirm,
    destroy_stateless,
    preview_destroy,
    refuse_unasked,
    run_destroy,
)
from llmdeploy.cli.options import (
    backend_option,
    env_option,
    json_lines_option,
    simulate_option,
    spec_argument,
    yes_option,
)
from llmdeploy.infra.errors import StackMissing
from llmdeploy.serving.errors import LlmdeployError


@command("llmdeploy destroy chat.yaml", "llmdeploy destroy chat.yaml --env dev --yes")
@spec_argument()
@env_option
@simulate_option
@backend_option
@yes_option
@click.option("--force", is_flag=True, help="End what runs here even when no state knows of it.")
@json_lines_option
def destroy(
    spec: Path,
    environment: str | None,
    simulate: bool,
    backend: str | None,
    yes: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Remove a deployment: its processes, files, keys and state. Shows what goes and asks."""
    refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(spec, environment, backend, simulate=simulate or None, changes=True)
    if deployment.plan.protected:
        lifted = "" if deployment.plan.regions[0].provider == "local" else " and run `llmdeploy up`"
        raise LlmdeployError(
            f"{deployment.stack} is protected", f"take `protected: true` out of {spec}{lifted} first"
        )
    try:
        if not yes:
            preview_destroy(deployment)
            confirm("Remove all of this?")
        run_destroy(deployment, as_json=as_json)
    except StackMissing:
        destroy_stateless(deployment, force=force, as_json=as_json)
