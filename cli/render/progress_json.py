"""Events as JSON lines."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import Any

import click

from llmdeploy.infra.runner.events import Event


class JsonProgress:
    """One JSON object a line: `event` names its kind (`step_done`, `diagnostic`, …)."""

    def __enter__(self) -> JsonProgress:
        return self

    def __exit__(self, *_error: object) -> None:
        return

    def __call__(self, event: Event) -> None:
        """Print the event."""
        print_line(_snake(type(event).__name__), asdict(event))


def print_line(kind: str, fields: dict[str, Any]) -> None:
    """One line of the JSON stream; the last one has the kind `result`."""
    click.echo(json.dumps({"event": kind, **fields}, ensure_ascii=False, default=str))


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
