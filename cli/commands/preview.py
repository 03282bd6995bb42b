"""`llmdeploy preview`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from llmdeploy.cli.command import command
from llmdeploy.cli.opening import open_deployment
from llmdeploy.cli.operations import run_preview
from llmdeploy.cli.options import (
    allow_option,
    backend_option,
    env_option,
    json_lines_option,
    refresh_images_option,
    simulate_option,
    spec_argument,
)


@command(
    "llmdeploy preview chat.yaml",
    "llmdeploy preview chat.yaml --env dev --json",
    "llmdeploy preview global.yaml --simulate",
)
@spec_argument()
@env_option
@simulate_option
@allow_option
@refresh_images_option
@backend_option
@json_lines_option
def preview(
    spec: Path,
    environment: str | None,
    simulate: bool,
    allow: tuple[Any, ...],
    refresh_images: bool,
    backend: str | None,
    as_json: bool,
) -> None:
    """Show what `up` would change, and what is no longer as `up` left it. Changes nothing."""
    from llmdeploy.cli.clouds.settings import cloud_settings

    deployment = open_deployment(spec, environment, backend, check=True, simulate=simulate, changes=True)
    settings = cloud_settings(deployment, allow, refresh_images=refresh_images)
    run_preview(deployment, settings, as_json=as_json)
