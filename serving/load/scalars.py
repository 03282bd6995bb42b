"""What a plain YAML scalar means, and where YAML 1.1 would read something that nobody meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import NamedTuple

from yaml.nodes import ScalarNode
from yaml.resolver import Resolver

from llmdeploy.serving.spec.values import shown

MAX_DIGITS = 18
"""Whole numbers up to here fit in 64 bits, as JSON Schema validators and Envoy have them."""

_resolve: Callable[..., str] = Resolver().resolve
_TAG = "tag:yaml.org,2002:"
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FRACTION = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?")


class Scalar(NamedTuple):
    """A value, or what is wrong with it."""

    value: str | int | float | bool | None
    problem: str = ""
    mend: str = ""


def read_scalar(text: str) -> Scalar:
    """The value of a scalar without quotes. Only spellings that mean the same everywhere are accepted."""
    kind = _resolve(ScalarNode, text, (True, False)).removeprefix(_TAG)
    match kind:
        case "null":
            return Scalar(None)
        case "bool":
            return Scalar(text.lower() in ("true", "yes", "on"))
        case "int":
            return _number(text, "a number in another base or with separators", _DECIMAL)
        case "float":
            return _number(text, "a number of a special kind", _FRACTION)
        case "timestamp":
            return _refused(text, "a date")
        case _:
            return Scalar(text)


def _number(text: str, otherwise: str, pattern: re.Pattern[str]) -> Scalar:
    if not pattern.fullmatch(text):
        return _refused(text, otherwise)
    if pattern is _FRACTION and isfinite(float(text)):
        return Scalar(float(text))
    if pattern is _DECIMAL and len(text.lstrip("+-")) <= MAX_DIGITS:
        return Scalar(int(text))
    return Scalar(text, f"{shown(text)} is too large a number", f"use at most {MAX_DIGITS} digits")


def _refused(text: str, kind: str) -> Scalar:
    return Scalar(
        text, f"YAML reads {text[:40]} as {kind}", "write it in quotes, or as a plain decimal number"
    )
