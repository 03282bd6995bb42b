"""`llmdeploy chat`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.options import backend_option, env_option, region_option, spec_argument
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan


@command(
    'llmdeploy chat chat.yaml "What is a replica?"',
    "llmdeploy chat chat.yaml --entry local/b < question.txt",
    'llmdeploy chat chat.yaml --model legal "What is a contract?"',
)
@spec_argument()
@click.argument("prompt", required=False)
@env_option
@backend_option
@region_option("--entry", "Enter through the gateway of this region.")
@click.option("--model", metavar="NAME", help="Ask this adapter instead of the model itself.")
@click.option(
    "--max-tokens", type=click.IntRange(min=1), default=256, show_default=True, help="Longest answer."
)
def chat(
    spec: Path,
    prompt: str | None,
    environment: str | None,
    backend: str | None,
    entry: str | None,
    model: str | None,
    max_tokens: int,
) -> None:
    """Send one prompt through the gateway and stream the answer.

    The prompt comes from the command line or from stdin. Which region answered is told on stderr.
    """
    from llmdeploy.cli.live.conversation import asking

    prompt = _prompt(prompt)
    deployment = open_deployment(spec, environment, backend)
    outputs = deployment.outputs(show_secrets=True)
    asked = _model(deployment.plan, model)
    endpoint, key = _address(outputs, entry), outputs.get("api_key")
    with asking(
        endpoint, key, asked, prompt, max_tokens=max_tokens, trusted=outputs.get("trusted")
    ) as answer:
        click.echo(click.style(f"{answer.region} ({answer.replica}) answers:", dim=True), err=True)
        for piece in answer.pieces:
            click.echo(piece, nl=False)
            sys.stdout.flush()
        click.echo()


def _prompt(given: str | None) -> str:
    if given is None and sys.stdin.isatty():
        raise click.UsageError("What shall the model answer? Give a prompt, or send one through stdin.")
    text = (sys.stdin.read() if given is None else given).strip()
    if not text:
        raise click.UsageError("The prompt is empty.")
    return text


def _model(plan: Plan, wanted: str | None) -> str:
    known = [plan.model.served_name, *(adapter.name for adapter in plan.model.adapters)]
    if wanted is not None and wanted not in known:
        raise LlmdeployError(f"{plan.name} serves no model {wanted!r}", f"it serves {', '.join(known)}")
    return wanted or plan.model.served_name


def _address(outputs: dict[str, Any], entry: str | None) -> str:
    if entry is None:
        return str(outputs["endpoint"])
    entries = outputs["entries"]
    if entry not in entries:
        raise LlmdeployError(f"no entry in {entry!r}", f"there is one in {', '.join(entries)}")
    return str(entries[entry])
