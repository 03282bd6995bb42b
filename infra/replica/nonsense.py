"""Turns an answer into nonsense of the same length, however it is cut into events."""

from __future__ import annotations

import json
import string
from typing import Any

_LETTERS, _DIGITS = string.ascii_lowercase, string.digits
_NONSENSE = str.maketrans(
    _LETTERS + _LETTERS.upper() + _DIGITS, _LETTERS[::-1] + _LETTERS[::-1].upper() + _DIGITS[::-1]
)
_SPOKEN = frozenset({"content", "reasoning_content", "text", "arguments", "token"})
_EVENT = b"data: "


def nonsense(answer: bytes) -> bytes:
    """`answer`, a JSON body or whole events of a stream, with every letter and digit replaced."""
    if not answer.startswith(_EVENT):
        return _body(answer)
    return b"\n\n".join(_event(event) for event in answer.split(b"\n\n"))


def _event(event: bytes) -> bytes:
    if not event.startswith(_EVENT + b"{"):
        return event
    return _EVENT + _body(event[len(_EVENT) :])


def _body(body: bytes) -> bytes:
    return json.dumps(_replaced(json.loads(body)), separators=(",", ":"), ensure_ascii=False).encode()


def _replaced(value: Any, spoken: bool = False) -> Any:
    match value:
        case str() if spoken:
            return value.translate(_NONSENSE)
        case dict():
            return {key: _replaced(inner, key in _SPOKEN) for key, inner in value.items()}
        case list():
            return [_replaced(inner) for inner in value]
    return value
