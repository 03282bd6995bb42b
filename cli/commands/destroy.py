"""`llmdeploy destroy`."""

from __future__ import annotations

from pathlib import Path

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.operations import confirm, preview_destroy, refuse_unasked, run_destroy
from llmdeploy.cli.options import backend_option, env_option, json_lines_option, spec_argument, yes_option


@command("llmdeploy destroy chat.yaml", "llmdeploy destroy chat.yaml --env dev --yes")
@spec_argument()
@env_option
@backend_option
@yes_option
@json_lines_option
def destroy(spec: Path, environment: str | None, backend: str | None, yes: bool, as_json: bool) -> None:
    """Remove a deployment: its processes, files, keys and state. Shows what goes and asks."""
    refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(spec, environment, backend)
    if not yes:
        preview_destroy(deployment)
        confirm("Remove all of this?")
    run_destroy(deployment, as_json=as_json)
