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
    """The resource: its kind and name, once when they are the same word."""
    return step.name if kind(step.type) == step.name else f"{kind(step.type)} {step.name}"


def drifted(step: Step) -> str:
    """What a refresh found of a resource."""
    return f"{subject(step)} is gone" if step.gone else f"{subject(step)} is not as it was left"


def changed(change: PropertyChange) -> str:
    """One property: `port: 4000 → 4001`."""
    if change.kind == "add" or (change.before is None and change.after is not None):
        return f"{change.path}: {_short(change.after)}"
    if change.after is None:
        return f"{change.path}: {_short(change.before)} → gone"
    return f"{change.path}: {_short(change.before)} → {_short(change.after)}"


def tally(counts: Counts, *, done: bool) -> str:
    """`3 to create, 1 unchanged`, or when it is done `3 created, 1 unchanged`: only what is not zero."""
    parts = [
        f"{number} {WORDS[op].done}" if done else f"{number} to {WORDS[op].plan}"
        for op, number in (
            ("create", counts.create),
            ("update", counts.update),
            ("replace", counts.replace),
            ("delete", counts.delete),
        )
        if number
    ]
    parts += [f"{counts.same} unchanged"] if counts.same else []
    return ", ".join(parts) or "nothing there"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = text.replace("\n", "⏎")
    return text if len(text) <= _VALUE_WIDTH else f"{text[: _VALUE_WIDTH - 1]}…"
