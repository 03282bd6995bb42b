"""`llmdeploy schema`."""

from __future__ import annotations

import json

import click

from llmdeploy.cli.command import command


@command("llmdeploy schema > serving-spec.schema.json")
def schema() -> None:
    """Print the JSON Schema of a spec, for editors and other checkers."""
    from llmdeploy.serving.spec import spec_schema

    click.echo(json.dumps(spec_schema(), indent=2, ensure_ascii=False))
