"""The custom role that deploying needs in a subscription, and the resource providers it must register."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).parent.parent / "data" / "azure-actions.yaml"


def actions() -> list[str]:
    """Every action, such as `Microsoft.Storage/storageAccounts/write`."""
    return [
        f"{namespace}/{kind}/{verb}"
        for namespace, kinds in _table()["actions"].items()
        for kind, verbs in kinds.items()
        for verb in verbs
    ]


def providers() -> list[str]:
    """The resource providers, such as `Microsoft.Storage`."""
    names: list[str] = _table()["providers"]
    return names


def custom_role() -> dict[str, Any]:
    """A role, as `az role definition create --role-definition` takes it."""
    return {
        "Name": "llmdeploy",
        "Description": "Deploys LLM serving stacks with llmdeploy",
        "Actions": actions(),
        "AssignableScopes": ["/subscriptions/YOUR_SUBSCRIPTION"],
    }


@cache
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return table
