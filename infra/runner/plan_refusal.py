"""What the engine says when an `up` would do something that its update plan does not say."""

from __future__ import annotations

import re
from typing import Final

_REFUSED: Final = re.compile(
    r"violates plan: (?P<differs>.*)|(?P<op>[\w-]+) is not allowed by the plan|no plan for resource|"
    r"expected resource operations for (?P<missing>\S+) but none",
    re.DOTALL,
)
_PROPERTY: Final = re.compile(r"(?:~~|\+\+|--)(?P<name>[A-Za-z_]\w*)\[")


def plan_refusal(text: str) -> str | None:
    """Why a step was refused, in a few words; None where it is another error.

    The engine's own words (pkg/resource/deploy at v3.259.0) hold the values of properties, secrets among
    them: only the names are passed on.
    """
    found = _REFUSED.search(text)
    if found is None:
        return None
    if found["missing"]:
        name = found["missing"].rpartition("::")[2]
        return f"{name} was reviewed, and is no longer asked for"
    if found["op"]:
        return f"its {_VERBS.get(found['op'], found['op'])} was not reviewed"
    names = list(dict.fromkeys(each["name"] for each in _PROPERTY.finditer(found["differs"] or "")))
    if names:
        return f"another value of {', '.join(names)} than this was reviewed"
    return "it was not reviewed as it is now" if found["differs"] else "it was not reviewed at all"


_VERBS: Final = {
    "create": "creation",
    "update": "update",
    "delete": "deletion",
    "replace": "replacement",
    "create-replacement": "replacement",
    "delete-replaced": "replacement",
}
