"""Properties that exclude or need each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from llmdeploy.infra.simulate.schema.facts import Facts
from llmdeploy.infra.simulate.schema.failure import InputFailure
from llmdeploy.infra.simulate.schema.unknown import Unknown


def failures(facts: Facts, inputs: Mapping[str, Any], where: str) -> Iterator[InputFailure]:
    """What the relations of one object find. A value known only later may be absent: it breaks nothing."""
    seen = set()
    for kind, *names in facts.get("relations", ()):
        names = list(dict.fromkeys(names))
        given = [name for name in names if _given(inputs, name) is True]
        maybe = [name for name in names if _given(inputs, name) is None]
        failure = _judge(kind, names, given, maybe, where)
        if failure and not given and facts.get("open"):
            # There may be a choice of which the facts do not know.
            continue
        if failure and failure not in seen:
            seen.add(failure)
            yield failure


def _judge(
    kind: str, names: list[str], given: list[str], maybe: list[str], where: str
) -> InputFailure | None:
    first = names[0]
    match kind:
        case "conflicts" if first in given and len(given) > 1:
            pair = sorted([first, next(name for name in given if name != first)])
            return InputFailure(where + pair[0], f"cannot be given together with {where}{pair[1]}")
        case "one_of" | "at_most_one" if len(given) > 1:
            return InputFailure(where + given[0], f"cannot be given together with {where}{given[1]}")
        case "one_of" | "any_of" if not given and not maybe:
            return InputFailure(where.rstrip("."), f"needs one of {', '.join(names)}")
        case "requires" if first in given:
            absent = [name for name in names[1:] if name not in given and name not in maybe]
            if absent:
                return InputFailure(where + first, f"needs {', '.join(absent)} too")
    return None


def _given(inputs: Mapping[str, Any], path: str) -> bool | None:
    """Is there a value; None when that is known only later."""
    value: Any = inputs
    for name in path.split("."):
        if isinstance(value, Unknown):
            return None
        if not isinstance(value, Mapping):
            return False
        value = value.get(name)
    if isinstance(value, Unknown):
        return None
    # An empty list of blocks is none; an empty block is one.
    return value is not None and value != []
