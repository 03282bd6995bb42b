"""One line of a prompts' file: what is wrong with it, and the case that it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from llmdeploy.serving.quality.case import Case
from llmdeploy.serving.quality.schema import schema_problem
from llmdeploy.serving.spec.evaluation import Check
from llmdeploy.serving.spec.suggest import instead_of

ROLES: Final = ("system", "developer", "user", "assistant", "tool")
"""Of the API's chat messages (platform.openai.com/docs/api-reference/chat)."""
MEASURES: Final[Mapping[Check, str]] = {
    "exact": "expect",
    "json-schema": "schema",
    "regex": "pattern",
    "judge-endpoint": "criteria",
}
"""The key that holds what a check measures an answer by. A judging model can do without."""
_ASKED: Final = ("prompt", "messages")


class Fault(NamedTuple):
    """What is wrong with a line; `key` is empty for the line as a whole."""

    key: str
    problem: str
    mend: str
    column: int = 1


def faults(row: Any, check: Check) -> Iterator[Fault]:
    """Everything that is wrong with what a line holds."""
    if not isinstance(row, dict):
        yield Fault("", "is not a JSON object", 'write it like {"prompt": "…"}')
        return
    yield from _unknown(row, check)
    yield from _asked(row)
    measure = MEASURES[check]
    if measure not in row and check != "judge-endpoint":
        yield Fault(measure, "is missing", f"add it: check {check} holds the answer against it")
    for key in ("prompt", measure):
        if key in row:
            yield from _value(key, row[key])


def case_of(number: int, row: Mapping[str, Any]) -> Case:
    """The case of a line that has no faults."""
    given = {key: row[key] for key in MEASURES.values() if key in row}
    messages = row.get("messages") or [{"role": "user", "content": row["prompt"]}]
    return Case(number, tuple(messages), **given)


def _unknown(row: Mapping[str, Any], check: Check) -> Iterator[Fault]:
    known = (*_ASKED, MEASURES[check])
    for key in row:
        if key in MEASURES.values() and key not in known:
            yield Fault(
                key, f"has no effect with check {check}", "leave it out, or change rollout.eval.check"
            )
        elif key not in known:
            yield Fault(key, "is not known here", instead_of(key, known))


def _asked(row: Mapping[str, Any]) -> Iterator[Fault]:
    given = [key for key in _ASKED if key in row]
    if not given:
        yield Fault("prompt", "is missing", 'add "prompt": "…" or "messages": […]')
    elif len(given) == 2:
        yield Fault("prompt", "stands beside messages", "keep one of the two")
    if "messages" in row:
        yield from _messages(row["messages"])


def _messages(messages: Any) -> Iterator[Fault]:
    example = '[{"role": "user", "content": "…"}]'
    if not isinstance(messages, list) or not messages:
        yield Fault("messages", "must be a list of messages", f"write it like {example}")
        return
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if not isinstance(message, dict):
            yield Fault(place, "must be a message", f"write it like {example}")
        elif message.get("role") not in ROLES:
            yield Fault(f"{place}.role", "is not a role", f"use one of {', '.join(ROLES)}")
        elif not isinstance(message.get("content"), (str, list)) and "tool_calls" not in message:
            yield Fault(f"{place}.content", "must be text or a list of parts", 'write "content": "…"')


def _value(key: str, value: Any) -> Iterator[Fault]:
    if key == "schema":
        if problem := schema_problem(value):
            yield Fault("schema", problem, 'write it like {"type": "object"}, see json-schema.org')
    elif not isinstance(value, str) or not value.strip():
        yield Fault(key, "must be text that is not empty", 'write it in quotes, like "…"')
    elif key == "pattern":
        yield from _pattern(value)


def _pattern(pattern: str) -> Iterator[Fault]:
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        yield Fault("pattern", f"is no regular expression: {error}", "write it as Python's re takes it")
