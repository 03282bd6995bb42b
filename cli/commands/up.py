"""`llmdeploy up`."""

from __future__ import annotations

from pathlib import Path

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.operations import confirm, refuse_unasked, run_preview, run_up
from llmdeploy.cli.options import backend_option, env_option, json_lines_option, spec_argument, yes_option
from llmdeploy.cli.ready import wait_until_ready


@command(
    "llmdeploy up chat.yaml",
    "llmdeploy up chat.yaml --env dev --yes",
    "llmdeploy up chat.yaml --yes --json",
)
@spec_argument()
@env_option
@backend_option
@yes_option
@json_lines_option
def up(spec: Path, environment: str | None, backend: str | None, yes: bool, as_json: bool) -> None:
    """Deploy a spec, or bring its deployment up to date.

    Shows what would change and asks; ends when an answer of the model has come back through the gateway. What
    is no longer as it was left is mended. May be interrupted and run again at any moment.
    """
    refuse_unasked(yes=yes, as_json=as_json)
    deployment = open_deployment(spec, environment, backend, check=True)
    if not yes:
        run_preview(deployment, as_json=False)
        confirm("Go ahead?")
    result = run_up(deployment, as_json=as_json)
    wait_until_ready(deployment, result, str(spec), as_json=as_json)
