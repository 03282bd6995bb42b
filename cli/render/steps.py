"""How what happens to a resource is said."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from llmdeploy.infra.runner.events import Counts, PropertyChange, Step

# A longer value says nothing more to a reader; `--json` has it whole.
_VALUE_WIDTH: Final = 60


class Words(NamedTuple):
    """A sign, and the verb before, during and after the step."""

    sign: str
    style: str
    plan: str
    doing: str
    done: str


WORDS: Final[dict[str, Words]] = {
    "create": Words("+", "green", "create", "creating", "created"),
    "update": Words("~", "yellow", "update", "updating", "updated"),
    "replace": Words("±", "yellow", "replace", "replacing", "replaced"),
    "delete": Words("-", "red", "delete", "deleting", "deleted"),
    "read": Words(">", "cyan", "read", "reading", "read"),
    "refresh": Words("?", "cyan", "check", "checking", "checked"),
    "discard": Words("<", "cyan", "forget", "forgetting", "forgot"),
    "import": Words("=", "cyan", "import", "importing", "imported"),
    "same": Words(" ", "dim", "keep", "keeping", "kept"),
}


def kind(type_token: str) -> str:
    """`llmdeploy:local:Replica` as a reader calls it: `replica`."""
    return type_token.rpartition(":")[2].lower()


def subject(step: Step) -> str:
    """The resource: its kind and name."""
    return f"{kind(step.type)} {step.name}"


def changed(change: PropertyChange) -> str:
    """One property: `port: 4000 → 4001`."""
    if change.kind == "add" or (change.before is None and change.after is not None):
        return f"{change.path}: {_short(change.after)}"
    if change.after is None:
        return f"{change.path}: {_short(change.before)} → gone"
    return f"{change.path}: {_short(change.before)} → {_short(change.after)}"


def tally(counts: Counts) -> str:
    """`3 to create, 1 to update, 4 as they are`-like: only what is not zero, or `nothing`."""
    parts = [
        f"{number} {words}"
        for number, words in (
            (counts.create, "+ create"),
            (counts.update, "~ update"),
            (counts.replace, "± replace"),
            (counts.delete, "- delete"),
            (counts.same, "unchanged"),
        )
        if number
    ]
    return ", ".join(parts) or "nothing"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _VALUE_WIDTH else f"{text[: _VALUE_WIDTH - 1]}…"
