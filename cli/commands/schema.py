"""`llmdeploy schema`."""

from __future__ import annotations

import click

from llmdeploy.cli.command import command
from llmdeploy.cli.render.schema import schema_text


@command("llmdeploy schema > serving-spec.schema.json")
def schema() -> None:
    """Print the JSON Schema of a spec, for editors and other checkers."""
    click.echo(schema_text(), nl=False)
