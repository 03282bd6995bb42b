"""Carries over which properties exclude or need each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scripts.provider_facts.names import property_name
from scripts.provider_facts.properties import innermost
from scripts.provider_facts.report import Report
from scripts.provider_facts.tree import Node

from llmdeploy.infra.simulate.schema.property_type import PropertyType

WirePath = list[tuple[str, bool]]
"""Names in the SDK, each with whether it is a list."""


@dataclass(frozen=True)
class Placed:
    """Where a relation is kept, and what it says: [kind, name, other, …]."""

    holder: list[str]
    entry: list[str]


def add(facts: dict[str, Any], root: Node, known: Mapping[str, PropertyType], report: Report) -> None:
    """Puts each relation at the object that holds all its names, each written once."""
    for kind, subject, others in root["relations"]:
        paths = [_wire_path(path, known) for path in dict.fromkeys([subject, *others])]
        placed = _place(kind, [path for path in paths if path]) if all(paths) else None
        if placed is None:
            report.lost_relations += 1
            continue
        holder = facts
        for step in placed.holder:
            holder = holder.setdefault("of", {}).setdefault(step, {})
        if placed.entry not in holder.setdefault("relations", []):
            holder["relations"].append(placed.entry)
            report.relations += 1


def _place(kind: str, paths: list[WirePath]) -> Placed | None:
    """None when it cannot be said with names below one object: a list lies between, or too little is left."""
    # A block that lists its own children as the choices is where the choice is made.
    paths = [path for path in paths if not any(_within(other, path) for other in paths)]
    if len(paths) < 2:
        return None
    common = 0
    while all(len(path) > common + 1 and path[common] == paths[0][common] for path in paths):
        common += 1
    rest = [path[common:] for path in paths]
    if any(is_list for path in rest for _, is_list in path[:-1]):
        return None
    names = [".".join(step for step, _ in path) for path in rest]
    if kind in ("one_of", "any_of"):
        names.sort()
        if all("." in name for name in names):
            # The provider asks only within a block that is there; that they exclude each other holds always.
            if kind == "any_of":
                return None
            kind = "at_most_one"
    return Placed([step for step, _ in paths[0][:common]], [kind, *names])


def _within(inner: WirePath, outer: WirePath) -> bool:
    return inner != outer and inner[: len(outer)] == outer


def _wire_path(path: tuple[str, ...], known: Mapping[str, PropertyType]) -> WirePath | None:
    out = []
    for name in path:
        wire = property_name(name, known)
        if wire is None:
            return None
        out.append((wire, known[wire].kind in ("list", "map")))
        known = innermost(known[wire]).properties
    return out
