"""Adds the values and ranges that documentation states where nothing else limits a property."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.provider_facts.cloud_values import VALUES
from scripts.provider_facts.properties import innermost
from scripts.provider_facts.shapes import INT32, UINT32
from scripts.sdk_documentation import documentation, listed_values, stated_range

from llmdeploy.infra.simulate.schema.property_type import PropertyType

SIZES = (INT32, UINT32, [0, None])


def add(
    facts: dict[str, Any],
    token: str,
    types: Mapping[str, PropertyType],
    of: str = "",
    above: frozenset[str] = frozenset(),
) -> int:
    """Answers how many got something. `of` is the class, `above` those around it: each is gone into once."""
    count = 0
    texts = documentation(token, of)
    for name, kind in types.items():
        node = facts.get("of", {}).get(name, {})
        inner = innermost(kind)
        if inner.kind == "object" and inner.name not in above:
            added = add(node, token, inner.properties, inner.name, above | {inner.name})
        else:
            added = _one(node, kind, texts.get(name, ""))
        if added:
            facts.setdefault("of", {})[name] = node
        count += added
    return count


def _one(node: dict[str, Any], kind: PropertyType, text: str) -> int:
    found: dict[str, Any] = {}
    if kind.kind == "string" and _open(node) and (values := listed_values(text)):
        found["enum"] = values
    if kind.kind in ("integer", "number") and _wide(node) and (limits := stated_range(text)):
        found["range"] = limits
    node.update(found, **({"documented": True} if found else {}))
    return len(found)


def _open(node: Mapping[str, Any]) -> bool:
    """Is a string limited by nothing, or only by how long the cloud's model lets it be."""
    given = [key for key in VALUES if key in node]
    return not given or (given == ["length"] and "cloud" in node)


def _wide(node: Mapping[str, Any]) -> bool:
    """Is a number limited by nothing but its size."""
    return not any(key in node for key in VALUES) or node.get("range") in SIZES
