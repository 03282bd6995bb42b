"""Checks inputs against names, types, requirements, values and relations: all that is wrong, at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from llmdeploy.infra.simulate.schema import relations
from llmdeploy.infra.simulate.schema.constraints import broken
from llmdeploy.infra.simulate.schema.facts import NOTHING, Facts
from llmdeploy.infra.simulate.schema.failure import InputFailure
from llmdeploy.infra.simulate.schema.property_type import PropertyType
from llmdeploy.infra.simulate.schema.scalar import wrong_kind
from llmdeploy.infra.simulate.schema.unknown import Unknown

_CONTAINERS: Final = frozenset({"list", "map", "object"})


def check(inputs: Mapping[str, Any], types: Mapping[str, PropertyType], facts: Facts) -> list[InputFailure]:
    """Everything wrong with the inputs, in the order of the inputs; what is missing comes last."""
    failures: list[InputFailure] = []
    _properties(inputs, types, facts, "", failures)
    return failures


def _properties(
    inputs: Mapping[str, Any],
    types: Mapping[str, PropertyType],
    facts: Facts,
    where: str,
    failures: list[InputFailure],
) -> None:
    nested = facts.get("of", NOTHING)
    for name, value in inputs.items():
        kind = types.get(name)
        if kind is not None:
            _value(value, kind, nested.get(name, NOTHING), where + name, failures)
        elif not name.startswith("__"):
            failures.append(InputFailure(where + name, f"unknown property{_meant(name, types)}"))
    failures.extend(
        InputFailure(where + name, "needs a value")
        for name, kind in types.items()
        if kind.required and inputs.get(name) is None
    )
    failures.extend(relations.failures(facts, inputs, where))


def _meant(name: str, types: Mapping[str, PropertyType]) -> str:
    near = get_close_matches(name, types, n=1, cutoff=0.6)
    return f"; did you mean {near[0]}?" if near else ""


def _value(value: Any, kind: PropertyType, facts: Facts, path: str, failures: list[InputFailure]) -> None:
    if value is None or isinstance(value, Unknown):
        return
    if kind.kind == "any" and not isinstance(value, str):
        return
    if kind.options:
        failures.extend(_nearest(value, kind.options, facts, path))
        return
    if kind.kind in _CONTAINERS:
        _container(value, kind, facts, path, failures)
        return
    reason = wrong_kind(kind.kind, value)
    if reason is None and kind.members:
        reason = broken({"enum": kind.members}, value, secret=kind.secret)
    if reason is None:
        reason = broken(facts, value, secret=kind.secret)
    if reason:
        failures.append(InputFailure(path, reason))


def _nearest(value: Any, options: Sequence[PropertyType], facts: Facts, path: str) -> list[InputFailure]:
    """What is wrong with it as the one of the options that it fits best."""
    tried: list[list[InputFailure]] = []
    for option in options:
        tried.append([])
        _value(value, option, facts, path, tried[-1])
    return min(tried, key=len)


def _container(value: Any, kind: PropertyType, facts: Facts, path: str, failures: list[InputFailure]) -> None:
    if kind.kind == "list":
        if not isinstance(value, list | tuple):
            failures.append(InputFailure(path, "must be a list"))
            return
        if reason := _count(value, facts):
            failures.append(InputFailure(path, reason))
        items = [(f"{path}[{index}]", item) for index, item in enumerate(value)]
    elif not isinstance(value, Mapping):
        failures.append(InputFailure(path, "must be an object" if kind.kind == "object" else "must be a map"))
        return
    elif kind.kind == "object":
        _properties(value, kind.properties, facts, f"{path}.", failures)
        return
    else:
        items = [(f'{path}["{key}"]', item) for key, item in value.items()]
    element = kind.element
    if element is not None:
        each = facts if element.kind == "object" else facts.get("each", NOTHING)
        for place, item in items:
            _value(item, element, each, place, failures)


def _count(items: list[Any] | tuple[Any, ...], facts: Facts) -> str | None:
    low, high = facts.get("items", (None, None))
    if high is not None and len(items) > high:
        return f"must have at most {high} items, not {len(items)}"
    if low is not None and len(items) < low:
        return f"must have at least {low} items, not {len(items)}"
    return None
