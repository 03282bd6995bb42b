"""The model's findings in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails

from llmdeploy.serving.load.document import Document, Path
from llmdeploy.serving.load.sections import example_at, is_required, places_of_keys, section_at
from llmdeploy.serving.spec.suggest import closest, instead_of
from llmdeploy.serving.spec.values import shown


class Finding(NamedTuple):
    """Something wrong at a path of the resolved spec."""

    path: Path
    problem: str
    mend: str = ""
    at_key: bool = False
    """Whether the key is at fault, not its value."""


_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
}
_TOO_FAR = {
    "greater_than": ("gt", "too small; use more than"),
    "greater_than_equal": ("ge", "too small; use at least"),
    "less_than": ("lt", "too large; use less than"),
    "less_than_equal": ("le", "too large; use at most"),
}


def findings(errors: Iterable[ErrorDetails], document: Document) -> Iterator[Finding]:
    """One finding for each error of the model that is not the mere consequence of another."""
    listed = list(errors)
    locations = [error["loc"] for error in listed]
    for error in listed:
        location = error["loc"]
        below = any(other[: len(location)] == location and other != location for other in locations)
        if not (error["type"] == "too_short" and below):
            yield _finding(error, document)


def _finding(error: ErrorDetails, document: Document) -> Finding:
    location = error["loc"]
    if location[-1:] == ("[key]",):
        return Finding(location[:-1], *_value_words(error, ""), at_key=True)
    if error["type"] == "extra_forbidden":
        return Finding(location, "is not known here", _other_key(location), at_key=True)
    if error["type"] == "missing":
        example = example_at(location)
        return Finding(location, "is missing", f"add {location[-1]}: {example}" if example else "add it")
    path = document.nearest(location)
    required = is_required(location)
    return Finding(path, *_value_words(error, document.places[path].source, required))


def _other_key(location: Path) -> str:
    key = str(location[-1])
    section = section_at(location[:-1])
    keys = tuple(section.model_fields) if section else ()
    if not closest(key, keys) and key in places_of_keys() and len(location) == 1:
        return f"did you mean {places_of_keys()[key]}?"
    if len(location) == 1:
        keys = (*keys, "environments")
    return instead_of(key, keys)


def _value_words(error: ErrorDetails, source: str, required: bool = False) -> tuple[str, str]:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "spec_value":
        return context["problem"], context["mend"]
    if given is None:
        return "is empty", "give it a value" if required else "give it a value, or leave the key out"
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", context["expected"])
        return f"{shown(given)} is not known", instead_of(str(given), choices)
    if kind in _TOO_FAR:
        limit, words = _TOO_FAR[kind]
        problem, _, mend = words.partition("; ")
        return f"{shown(given)} is {problem}", f"{mend} {_plain_number(context[limit])}"
    if kind == "too_short":
        return "is empty", "name at least one" if required else "name at least one, or leave the key out"
    return _type_words(_WANTED.get(kind, "a mapping"), given, source)


def _type_words(wanted: str, given: Any, source: str) -> tuple[str, str]:
    if wanted == "text" and source:
        return f"YAML reads {source[:40]} as {_kind(given)}", f'write "{source[:40]}" in quotes'
    if wanted == "a list" and not isinstance(given, dict):
        return f"must be a list, not {_kind(given)}", f"write [{shown(given)}]".replace('"', "")
    if isinstance(given, str) and wanted in ("a whole number", "a number", "true or false"):
        return f"must be {wanted}, not text", "write it without quotes, as a plain decimal number" if (
            wanted != "true or false"
        ) else "write true or false without quotes"
    return f"must be {wanted}, not {_kind(given)}", ""


def _plain_number(number: float) -> str:
    return str(int(number) if float(number).is_integer() else number)


def _kind(given: Any) -> str:
    match given:
        case bool():
            return "true or false"
        case int() | float():
            return f"the number {given}"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a mapping"
