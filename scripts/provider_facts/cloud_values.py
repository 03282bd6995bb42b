"""Adds to the facts what the cloud's own model says of values where the provider says nothing.

No list of resources: the request is the one whose members overlap most with the resource's properties and
whose noun reads most like it, and nested properties are walked along it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, Final

from scripts.provider_facts.names import folded
from scripts.provider_facts.shapes import Request, Shape

from llmdeploy.infra.simulate.schema.property_type import PropertyType

LEAST: Final = 1.0
"""The overlap plus the likeness below which a request is not the resource's."""
VALUES: Final = ("enum", "range", "length", "match", "unlike", "any", "form")


def best_requests(
    nouns: Sequence[str], types: Mapping[str, PropertyType], requests: Sequence[Request]
) -> list[Request]:
    """The requests that make or change the resource, best first; empty when none fits."""
    own = {folded(name) for name in types} - {"tag", "region"}
    scored = []
    for request in requests:
        alike = max(SequenceMatcher(None, noun, request.noun.lower()).ratio() for noun in nouns)
        if alike < 0.6:
            continue
        members = set(request.shape.members)
        inner = {
            name
            for member in request.shape.members.values()
            if member.kind == "object"
            for name in member.members
        }
        common = len(own & (members | inner))
        overlap = common / max(1, len(own))
        if common and overlap + alike >= LEAST:
            scored.append((overlap + alike, request))
    scored.sort(key=lambda pair: -pair[0])
    return [request for _, request in scored[:4]]


def fill(
    facts: dict[str, Any],
    types: Mapping[str, PropertyType],
    shapes: Sequence[Shape],
    above: frozenset[str] = frozenset(),
) -> int:
    """Adds what is missing to the facts of these properties and those within; answers how many got something.

    `above` are the classes that lie around: one that holds itself is gone into once.
    """
    count = 0
    for name, kind in types.items():
        found = list(_members(shapes, folded(name)))
        if not found:
            continue
        node = facts.get("of", {}).get(name, {})
        added = _fill_one(node, kind, found, above)
        if added:
            facts.setdefault("of", {})[name] = node
            count += added
    return count


def _members(shapes: Sequence[Shape], name: str) -> Iterator[Shape]:
    """The member of that name, also of the one object within that has it: requests wrap what they make."""
    for shape in shapes:
        if name in shape.members:
            yield shape.members[name]
            continue
        inside = [
            member.members[name]
            for member in shape.members.values()
            if member.kind == "object" and name in member.members
        ]
        if len(inside) == 1:
            yield inside[0]


def _fill_one(node: dict[str, Any], kind: PropertyType, found: Sequence[Shape], above: frozenset[str]) -> int:
    inside = kind.element if kind.kind in ("list", "map") and kind.element else kind
    if inside.kind == "object":
        if inside.name in above:
            return 0
        above |= {inside.name}
    if kind.kind == "object":
        inner = [shape.element if shape.kind == "list" and shape.element else shape for shape in found]
        return fill(node, kind.properties, [shape for shape in inner if shape.kind == "object"], above)
    if kind.kind in ("list", "map") and kind.element is not None:
        inner = [shape.element for shape in found if shape.kind == kind.kind and shape.element]
        if kind.element.kind == "object":
            return fill(
                node, kind.element.properties, [shape for shape in inner if shape.kind == "object"], above
            )
        each = node.get("each", {})
        added = _fill_one(each, kind.element, inner, above)
        if added:
            node["each"] = each
        return added
    if any(key in node for key in VALUES):
        return 0
    facts = _scalar([shape for shape in found if shape.kind == kind.kind], kind)
    if facts:
        node.update(facts, cloud=True)
    return len(facts)


def _scalar(found: Sequence[Shape], kind: PropertyType) -> dict[str, Any]:
    """What all of the models found let through: versions of one, or the requests that create and change."""
    if not found:
        return {}
    if kind.kind == "string":
        if all("enum" in shape.facts for shape in found):
            return {"enum": list(dict.fromkeys(value for shape in found for value in shape.facts["enum"]))}
        return _widest("length", found)
    return _widest("range", found)


def _widest(key: str, found: Sequence[Shape]) -> dict[str, Any]:
    limits = [shape.facts.get(key, [None, None]) for shape in found]
    low, high = [low for low, _ in limits], [high for _, high in limits]
    widest = [None if None in low else min(low), None if None in high else max(high)]
    return {key: widest} if widest != [None, None] else {}
