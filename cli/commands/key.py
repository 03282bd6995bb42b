"""`llmdeploy key`."""

from __future__ import annotations

from pathlib import Path

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.options import backend_option, env_option, spec_argument
from llmdeploy.serving.errors import LlmdeployError


@command("llmdeploy key chat.yaml", "export OPENAI_API_KEY=$(llmdeploy key chat.yaml)")
@spec_argument()
@env_option
@backend_option
def key(spec: Path, environment: str | None, backend: str | None) -> None:
    """Print the API key of a deployment: the key alone, on stdout."""
    deployment = open_deployment(spec, environment, backend)
    value = deployment.outputs(show_secrets=True).get("api_key")
    if not value:
        raise LlmdeployError(
            f"{deployment.stack} needs no key",
            "its spec says `routing: {auth: none}`; use any value as the key",
        )
    click.echo(value)
