"""`llmdeploy:local:ApiKey`: the key that clients of a deployment send. It lives in the state only, as a
secret.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from llmdeploy.infra.provider.resource import UNKNOWN, State
from llmdeploy.infra.provider.work import Work
from llmdeploy.serving.frozen import Frozen

KEY_BYTES = 32
"""256 random bits, as `secrets` recommends for tokens."""


class ApiKeyInputs(Frozen):
    """Another `rotation` makes another key."""

    rotation: str = ""


class ApiKeyResource:
    """A random key, made once. Output: value (secret)."""

    inputs = ApiKeyInputs
    replace_on = frozenset({"rotation"})
    secret_outputs = frozenset({"value"})

    def resource_id(self, inputs: Mapping[str, Any]) -> str:
        """Keys are told apart by their rotation; the key itself is no name."""
        return f"key{'-' if inputs['rotation'] else ''}{inputs['rotation']}"

    def preview(self, inputs: Mapping[str, Any], old: Mapping[str, Any]) -> State:
        """A new key is not known before."""
        return {"value": old.get("value", UNKNOWN)}

    def drift(self, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> set[str]:
        """A key never drifts."""
        return set()

    def create(self, inputs: Mapping[str, Any], work: Work) -> State:
        """Draw a key."""
        return {"value": f"sk-{secrets.token_urlsafe(KEY_BYTES)}"}

    def read(self, state: Mapping[str, Any]) -> State | None:
        """As the state has it."""
        return {"value": state["value"]}

    def update(self, inputs: Mapping[str, Any], state: Mapping[str, Any], work: Work) -> State:
        """Nothing of a key changes in place."""
        return {"value": state["value"]}

    def delete(self, state: Mapping[str, Any], work: Work) -> None:
        """Nothing but the state holds it."""
