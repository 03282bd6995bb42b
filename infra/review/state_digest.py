"""What is deployed, as one digest: a reviewed plan holds for exactly that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.errors import StackMissing
from llmdeploy.infra.runner.properties import mask
from llmdeploy.infra.runner.runner import Runner

NOTHING: Final = "nothing"
"""Of a stack that does not exist."""
_COMPARED: Final = ("urn", "type", "id", "inputs", "outputs", "parent", "protect", "provider")


def state_digest(runner: Runner, stack: str) -> str:
    """sha256 of what the stack's state holds; neither times nor how secrets are encrypted count."""
    try:
        return digest_of(runner.export(stack))
    except StackMissing:
        return NOTHING


def digest_of(state: Mapping[str, Any]) -> str:
    """The digest of an exported state; NOTHING where it has no resources."""
    resources = (state.get("deployment") or {}).get("resources") or []
    if not resources:
        return NOTHING
    known = sorted(
        ({key: mask(each.get(key)) for key in _COMPARED} for each in resources), key=lambda each: each["urn"]
    )
    return hashlib.sha256(json.dumps(known, sort_keys=True).encode()).hexdigest()
