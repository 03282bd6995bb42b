"""The custom role that deploying needs in a project, and the APIs that must be enabled."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).parent.parent / "data" / "gcp-permissions.yaml"


def permissions() -> list[str]:
    """Every permission, such as `compute.networks.create`."""
    return [
        f"{service}.{resource}.{verb}"
        for service, resources in _table()["permissions"].items()
        for resource, verbs in resources.items()
        for verb in verbs
    ]


def services() -> list[str]:
    """The APIs, such as `compute.googleapis.com`."""
    names: list[str] = _table()["services"]
    return names


def custom_role() -> dict[str, Any]:
    """A role, as `gcloud iam roles create --file` takes it."""
    return {
        "title": "llmdeploy",
        "description": "Deploys LLM serving stacks with llmdeploy",
        "stage": "GA",
        "includedPermissions": permissions(),
    }


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return table
