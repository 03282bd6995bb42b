"""`llmdeploy preview`."""

from __future__ import annotations

from pathlib import Path

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.operations import run_preview
from llmdeploy.cli.options import backend_option, env_option, json_lines_option, spec_argument


@command("llmdeploy preview chat.yaml", "llmdeploy preview chat.yaml --env dev --json")
@spec_argument()
@env_option
@backend_option
@json_lines_option
def preview(spec: Path, environment: str | None, backend: str | None, as_json: bool) -> None:
    """Show what `up` would change, and what is no longer as `up` left it. Changes nothing."""
    run_preview(open_deployment(spec, environment, backend, check=True), as_json=as_json)
