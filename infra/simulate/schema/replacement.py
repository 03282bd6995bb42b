"""Which changes force a new resource."""

from __future__ import annotations

import re
from typing import Any, Final

from llmdeploy.infra.simulate.schema.facts import NOTHING, Facts

_STEP: Final = re.compile(r'\["([^"]*)"\]|\[(\d+)\]|([^.\[\]]+)')
# Where the provider's source has no resource for a token: what clouds never change in place.
_FIXED: Final = frozenset({"name", "namePrefix", "project", "location", "zone"})


def forces_new(facts: Facts, path: str) -> bool:
    """Does a change at the path force a new resource.

    A path to a whole object asks about a block that comes or goes: it does when anything within would.
    For a change inside, give the path of the leaf.
    """
    names = [name for _, index, name in _STEP.findall(path) if name and not index]
    if names and names[0] == "region" and len(names) == 1 and "region" not in facts.get("of", NOTHING):
        return True
    if "from" not in facts:
        return bool(names) and names[0] in _FIXED
    node: Any = facts
    for name in names:
        inside = node.get("of", NOTHING)
        if name not in inside:
            # A key of a map, or a property of which nothing is known.
            return bool(node is not facts and node.get("new") and not inside)
        node = inside[name]
    return _any_new(node)


def _any_new(node: Facts) -> bool:
    return bool(node.get("new")) or any(_any_new(child) for child in node.get("of", NOTHING).values())
