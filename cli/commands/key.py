"""`llmdeploy key`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import Deployment, open_deployment
from llmdeploy.cli.options import backend_option, env_option, spec_argument
from llmdeploy.serving.errors import LlmdeployError

NO_KEY = "none"
"""What OpenAI's clients are given where no key is asked for: they refuse an empty one."""


@command(
    "llmdeploy key chat.yaml",
    "export OPENAI_API_KEY=$(llmdeploy key chat.yaml)",
    'eval "$(llmdeploy key chat.yaml --export)"',
)
@spec_argument()
@env_option
@backend_option
@click.option(
    "--export", "as_exports", is_flag=True, help="Print `export` lines for OpenAI clients: endpoint and key."
)
def key(spec: Path, environment: str | None, backend: str | None, as_exports: bool) -> None:
    """Print the API key of a deployment: the key alone, on stdout."""
    deployment = open_deployment(spec, environment, backend)
    outputs = deployment.outputs(show_secrets=True)
    value = outputs.get("api_key")
    if as_exports:
        click.echo(f"export OPENAI_BASE_URL={shlex.quote(str(outputs['endpoint']))}")
        click.echo(f"export OPENAI_API_KEY={shlex.quote(str(value or NO_KEY))}")
        return
    if not value:
        raise _no_key(deployment)
    click.echo(value)


def _no_key(deployment: Deployment) -> LlmdeployError:
    return LlmdeployError(
        f"{deployment.stack} needs no key",
        "its spec says `routing: {auth: none}`; use any value as the key",
    )
