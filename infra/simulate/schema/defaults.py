"""What the providers fill in for properties that a program leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.infra.simulate.schema.facts import NOTHING, Facts


def filled(inputs: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """A copy of the inputs with the defaults added, also within the objects that are given."""
    out = dict(inputs)
    for name, node in facts.get("of", NOTHING).items():
        value = out.get(name)
        if value is None:
            if "default" in node:
                out[name] = node["default"]
        elif isinstance(value, Mapping):
            out[name] = filled(value, node)
        elif isinstance(value, list):
            out[name] = [filled(item, node) if isinstance(item, Mapping) else item for item in value]
    return out
