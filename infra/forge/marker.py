"""Texts that llmdeploy finds again: a hidden first line says what they are and what they said."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from llmdeploy.serving.errors import LlmdeployError

_LINE: Final = re.compile(r"<!-- llmdeploy:(?P<key>[\w.-]+)(?P<fields>(?: \w+=\S*)*) -->[ \t]*\r?\n?")
_KEY: Final = re.compile(r"[\w.-]+")
_QUICK_ACTION: Final = re.compile(r"^([ \t]*)/(?=[a-z_])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with our mark. `said` is the digest of what we wrote; it is `intact` when that still stands."""

    fields: dict[str, str]
    said: str
    intact: bool

    @property
    def run(self) -> tuple[int, int]:
        """The run and the attempt that wrote it."""
        number, _, attempt = self.fields.get("run", "").partition(".")
        return (int(number), int(attempt)) if number.isdigit() and attempt.isdigit() else (0, 0)


def mark(key: str, body: str, **fields: str) -> str:
    """The body below a line that marks it.

    Raises:
        LlmdeployError: the key has other than letters, digits and `._-`.
    """
    if not _KEY.fullmatch(key):
        raise LlmdeployError(f"{key!r} is no key of a comment", "use letters, digits, dots, dashes")
    body = _without_quick_actions(body)
    told = "".join(f" {name}={value}" for name, value in {**fields, "body": digest(body)}.items())
    return f"<!-- llmdeploy:{key}{told} -->\n{body}"


def marked(key: str, text: str) -> Marked | None:
    """What the first line says; None for a text that is not marked with the key."""
    line = _LINE.match(text)
    if line is None or line["key"] != key:
        return None
    fields = dict(field.split("=", 1) for field in line["fields"].split())
    said = fields.pop("body", "")
    return Marked(fields, said, intact=said == digest(text[line.end() :]))


def digest(body: str) -> str:
    """A short digest that does not mind line ends, which forges change when somebody edits a text."""
    lines = "\n".join(line.rstrip() for line in body.strip().splitlines())
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _without_quick_actions(body: str) -> str:
    """GitLab does what a line such as `/approve` says, with the rights of whoever writes the text."""
    return _QUICK_ACTION.sub(r"\1\\/", body)
