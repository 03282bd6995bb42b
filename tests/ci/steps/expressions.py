"""GitHub's expressions, as far as our files use them. Whatever else they come to use fails here."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

_EMBEDDED = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<word>[A-Za-z_][\w.-]*)|(?P<sign>==|!=|&&|\|\||[!()]))"
)
_STATUS = re.compile(r"\b(success|failure|cancelled|always)\(\)")


class Unknown(AssertionError):
    """A form that is not known here."""


def filled(text: str, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """A value of a YAML file. One that is an expression as a whole keeps its type."""
    whole = _EMBEDDED.fullmatch(text.strip())
    if whole and text.count("${{") == 1:
        return evaluated(whole[1], contexts, functions)
    return _EMBEDDED.sub(lambda found: shown(evaluated(found[1], contexts, functions)), text)


def condition(
    text: str | None, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]
) -> bool:
    """An `if:`. One that asks for no status means success() too."""
    asked = _inner(text or "success()")
    if not _STATUS.search(asked):
        asked = f"success() && ({asked})"
    return bool(evaluated(asked, contexts, functions))


def evaluated(text: str, contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Any:
    """The value of what stands between the braces."""
    reader = _Reader(_tokens(text), contexts, functions)
    value = reader.either()
    if reader.tokens:
        raise Unknown(f"{text!r}: what is {reader.tokens[0]!r}?")
    return value


def shown(value: Any) -> str:
    """A value inside a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def _inner(text: str) -> str:
    whole = _EMBEDDED.fullmatch(text.strip())
    return whole[1] if whole else text


def _tokens(text: str) -> list[str]:
    tokens, rest = [], text.strip()
    while rest:
        found = _TOKEN.match(rest)
        if found is None:
            raise Unknown(f"{text!r} at {rest!r}")
        tokens.append(found[0].strip())
        rest = rest[found.end() :].strip()
    return tokens


class _Reader:
    def __init__(
        self, tokens: list[str], contexts: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]
    ) -> None:
        self.tokens = tokens
        self._contexts = contexts
        self._functions = functions

    def either(self) -> Any:
        value = self._both()
        while self._took("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._took("&&"):
            other = self._compared()
            value = value and other
        return value

    def _compared(self) -> Any:
        value = self._one()
        for sign in ("==", "!="):
            if self._took(sign):
                # Text is compared without regard to case, and what is not there is empty.
                same = shown(value).lower() == shown(self._one()).lower()
                return same if sign == "==" else not same
        return value

    def _one(self) -> Any:
        if self._took("!"):
            return not self._one()
        if self._took("("):
            value = self.either()
            assert self._took(")")
            return value
        word = self.tokens.pop(0)
        if word.startswith("'"):
            return word[1:-1].replace("''", "'")
        if word in ("true", "false"):
            return word == "true"
        return self._called(word) if self.tokens[:1] == ["("] else self._looked_up(word)

    def _called(self, name: str) -> Any:
        if name not in self._functions:
            raise Unknown(f"the function {name}")
        self._took("(")
        arguments = [] if self.tokens[:1] == [")"] else [self.either()]
        assert self._took(")")
        return self._functions[name](*arguments)

    def _looked_up(self, path: str) -> Any:
        first, *rest = path.split(".")
        if first not in self._contexts:
            raise Unknown(f"the context {first}")
        value = self._contexts[first]
        for index, name in enumerate(rest):
            # Of inputs, steps and the like all names are known; of vars and secrets they are not.
            if index == 0 and first in ("inputs", "steps", "needs", "matrix", "github") and name not in value:
                raise Unknown(path)
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _took(self, sign: str) -> bool:
        if self.tokens[:1] != [sign]:
            return False
        self.tokens.pop(0)
        return True
