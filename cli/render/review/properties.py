"""One changed property, as lines of a diff."""

from __future__ import annotations

import base64
import binascii
import difflib
import json
from collections.abc import Iterator
from typing import Any, Final

from llmdeploy.cli.render.review.detail import Detail
from llmdeploy.infra.runner.events import PropertyChange

_ENCODED: Final = ("userData", "user_data")
"""Properties that clouds want in base64."""


def property_lines(change: PropertyChange, detail: Detail) -> Iterator[str]:
    """The path, then what goes (`-`) and what comes (`+`); of long texts only the lines that differ."""
    forces = "  (forces replacement)" if change.kind == "replace" else ""
    yield f"  {change.path}{forces}"
    before, after = _text(change, change.before), _text(change, change.after)
    if "\n" in before and "\n" in after:
        yield from _shortened(_differing(before, after), detail)
        return
    if before:
        yield f"-   {_cut(_counted(before), detail)}"
    if after:
        yield f"+   {_cut(_counted(after), detail)}"


def _text(change: PropertyChange, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return _decoded(value) if change.path.endswith(_ENCODED) else value


def _decoded(value: str) -> str:
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return value


def _differing(before: str, after: str) -> Iterator[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    for line in lines:
        if not line.startswith(("---", "+++", "@@")):
            yield f"{line[0]}   {line[1:]}"


def _counted(text: str) -> str:
    """One line of it: a whole file beside something else says nothing."""
    lines = text.count("\n")
    return f"({lines + 1} lines)" if lines else text


def _shortened(lines: Iterator[str], detail: Detail) -> Iterator[str]:
    told = list(lines)
    yield from (_cut(line, detail) for line in told[: detail.value_lines])
    if len(told) > detail.value_lines:
        yield f"    … {len(told) - detail.value_lines} more lines"


def _cut(text: str, detail: Detail) -> str:
    line = text.replace("\r", "").replace("\n", "⏎")
    return line if len(line) <= detail.value_width else f"{line[: detail.value_width - 1]}…"
