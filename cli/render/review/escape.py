"""Text of others inside Markdown: it stays text, names nobody and links nowhere."""

from __future__ import annotations

import re
from typing import Final

_APART: Final = "<span></span>"
"""Forges look for names, issues and addresses in what is shown: an entity does not hide them, this does."""
_ESCAPED: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "@": f"@{_APART}",
    "#": f"&#35;{_APART}",
    "|": "&#124;",
}
_SPECIAL: Final = re.compile(r"[&<>@#|]")
_MARKUP: Final = re.compile(r"([\\`*_\[\]!]|~(?=~))")
_ADDRESS: Final = re.compile(r"(https?|www)([:.])", re.IGNORECASE)


def plain(text: str) -> str:
    """Words, on one line; what stands between single backticks is code."""
    parts = " ".join(text.split()).split("`")
    if len(parts) % 2 == 0 or "" in parts[1::2]:
        return _words("`".join(parts))
    return "".join(code(part) if index % 2 else _words(part) for index, part in enumerate(parts))


def _words(text: str) -> str:
    escaped = _SPECIAL.sub(lambda found: _ESCAPED[found[0]], text)
    return _ADDRESS.sub(rf"\1{_APART}\2", _MARKUP.sub(r"\\\1", escaped))


def code(text: str) -> str:
    """A name or a value, in code, on one line; also inside a table."""
    line = text.replace("\r", "").replace("\n", "⏎").replace("|", "\\|")
    fence = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def block(lines: str, language: str = "") -> str:
    """Lines in a fence that they cannot close."""
    fence = "`" * max(3, _longest_run(lines) + 1)
    return f"{fence}{language}\n{lines}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)
