"""Carries a resource's facts over to the SDK's names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scripts.provider_facts.names import property_name
from scripts.provider_facts.report import Report
from scripts.provider_facts.tree import Node

from llmdeploy.infra.simulate.schema.property_type import PropertyType

KEPT = ("new", "default", "enum", "any_case", "range", "length", "match", "unlike", "any", "form", "items")
OF_ELEMENTS = tuple(key for key in KEPT if key not in ("new", "default"))
UNMENTIONED = ("id", "timeouts", "tags_all")
"""What every resource of a provider has, and the SDK says in other ways."""


def facts_of(node: Node, known: Mapping[str, PropertyType], where: str, report: Report) -> dict[str, Any]:
    """The facts of the properties within: {"of": {name: facts}}.

    `open`: the SDK, made from a later or beta provider, has more names, so a choice among some may be longer.
    """
    out = {}
    more = set(known) - {"region"}
    for name, child in node["names"].items():
        wire = property_name(name, known)
        if wire is None:
            if not child.get("output") and name not in UNMENTIONED:
                report.unmapped.append(f"{where}.{name}")
            continue
        report.mapped += 1
        more.discard(wire)
        if facts := _one(child, known[wire], f"{where}.{name}", report):
            out[wire] = facts
    return {**({"of": out} if out else {}), **({"open": True} if more else {})}


def innermost(kind: PropertyType) -> PropertyType:
    """What lists and maps are of."""
    while kind.kind in ("list", "map") and kind.element is not None:
        kind = kind.element
    return kind


def _one(child: Node, kind: PropertyType, where: str, report: Report) -> dict[str, Any]:
    if child.get("output"):
        return {}
    facts = {key: child[key] for key in KEPT if key in child}
    inner = innermost(kind)
    if "names" in child and inner.kind == "object":
        facts.update(facts_of(child, inner.properties, where, report))
    each = {key: value for key, value in child.get("each", {}).items() if key in OF_ELEMENTS}
    if each and kind.kind in ("list", "map"):
        facts["each"] = each
    elif each:
        # A list of one that Pulumi flattens.
        facts.update(each)
    return facts
