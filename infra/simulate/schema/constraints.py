"""Does a scalar hold what the facts ask of it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from llmdeploy.infra.simulate.schema.facts import Facts
from llmdeploy.infra.simulate.schema.forms import FORMS

_SHOWN: Final = 12
_POSIX: Final = {
    "[:alnum:]": "a-zA-Z0-9",
    "[:alpha:]": "a-zA-Z",
    "[:digit:]": "0-9",
    "[:lower:]": "a-z",
    "[:upper:]": "A-Z",
    "[:graph:]": "!-~",
    "[:print:]": " -~",
    "[:punct:]": r"!-/:-@\[-`{-~",
    "[:word:]": r"\w",
    "[:space:]": r"\s",
    "[:xdigit:]": "0-9a-fA-F",
}


def broken(facts: Facts, value: Any, *, secret: bool = False) -> str | None:
    """What is wrong with it in words; None when nothing is. A secret's value is not repeated."""
    if value == "" and facts.get("cloud"):
        # The cloud's own model never sees it: the providers leave empty strings out of requests.
        return None
    for check in (_enumeration, _range, _length, _match, _form, _any):
        if reason := check(facts, value, secret):
            return reason
    return None


def _enumeration(facts: Facts, value: Any, secret: bool) -> str | None:
    options = facts.get("enum")
    if options is None:
        return None
    if isinstance(options[0], str):
        text = _text(value)
        any_case = facts.get("any_case") or facts.get("cloud")
        if (text.lower() in {option.lower() for option in options}) if any_case else (text in options):
            return None
    elif _number(value) in options:
        return None
    shown = "this" if secret else f'"{value}"' if isinstance(value, str) else str(value)
    return f"{shown} is not one of {_list(options, _text(value))}"


def _list(options: Iterable[Any], value: str) -> str:
    texts = [str(option) for option in options if option != ""]
    if len(texts) <= _SHOWN:
        return ", ".join(texts)
    near = get_close_matches(value, texts, n=3, cutoff=0.5)
    help_ = f"; did you mean {' or '.join(near)}?" if near else ""
    return f"the {len(texts)} values that are known ({', '.join(texts[:4])}, …){help_}"


def _range(facts: Facts, value: Any, _: bool) -> str | None:
    limits = facts.get("range")
    number = _number(value)
    if limits is None or number is None:
        return None
    low, high = limits
    if (low is None or number >= low) and (high is None or number <= high):
        return None
    return f"must be {_between(low, high)}, not {value}"


def _length(facts: Facts, value: Any, _: bool) -> str | None:
    limits = facts.get("length")
    if limits is None or not isinstance(value, str):
        return None
    low, high = limits
    if (low is None or len(value) >= low) and (high is None or len(value) <= high):
        return None
    if not value:
        return "must not be empty"
    return f"must have {_between(low, high)} characters, not {len(value)}"


def _match(facts: Facts, value: Any, _: bool) -> str | None:
    if not isinstance(value, str):
        return None
    for pattern in facts.get("match", ()):
        compiled = _compiled(pattern)
        if compiled and not compiled.search(value):
            return f"must match {pattern}"
    for pattern in facts.get("unlike", ()):
        compiled = _compiled(pattern)
        if compiled and compiled.search(value):
            return f"must not match {pattern}"
    return None


def _form(facts: Facts, value: Any, _: bool) -> str | None:
    name = facts.get("form")
    if name is None or not isinstance(value, str) or value == "":
        return None
    check, reason = FORMS[name]
    return None if check(value) else reason


def _any(facts: Facts, value: Any, secret: bool) -> str | None:
    for group in facts.get("any", ()):
        reasons = [broken(option, value, secret=secret) for option in group]
        if all(reasons):
            return " or ".join(dict.fromkeys(reason for reason in reasons if reason))
    return None


def _between(low: float | None, high: float | None) -> str:
    if low is None:
        return f"at most {high}"
    if high is None:
        return f"at least {low}"
    return str(low) if low == high else f"between {low} and {high}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """The providers' patterns are Go's; None for the few that Python cannot read."""
    for name, replacement in _POSIX.items():
        pattern = pattern.replace(name, replacement)
    try:
        with warnings.catch_warnings():
            # Go has no set operations, so `[[` means what it says.
            warnings.simplefilter("ignore", FutureWarning)
            return re.compile(pattern.replace(r"\z", r"\Z"), re.ASCII)
    except re.error:
        return None
