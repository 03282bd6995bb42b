"""The words for text that is not YAML at all."""

from __future__ import annotations

import yaml

from llmdeploy.serving.errors import Problem

_MENDS = {
    "mapping values are not allowed in this context": (
        "has a colon where none can be",
        "put the text in quotes, or the key on a line of its own",
    ),
    "could not find expected ':'": (
        "has a line that is not key: value",
        "put a colon and a blank after the key",
    ),
    "did not find expected key": ("is not indented like its neighbours", "indent keys of one mapping alike"),
    "did not find expected '-' indicator": (
        "is not indented like its neighbours",
        "indent the items of one list alike",
    ),
    "did not find expected ',' or ']'": ("has a list in brackets that does not end", "close it with ]"),
    "did not find expected ',' or '}'": ("has a mapping in braces that does not end", "close it with }"),
    "found unexpected end of stream": ("has a quoted text that does not end", "close it with a quote"),
    "found duplicate anchor": ("has an anchor", "leave it out; write values out"),
}
"""libyaml's messages (scanner.c and parser.c) and what they mean to somebody who writes a spec."""

_UNFINISHED = (
    "could not find expected ':'",
    "did not find expected ',' or ']'",
    "did not find expected ',' or '}'",
    "found unexpected end of stream",
)
"""Here the place of interest is where the thing began, not where the parser gave up."""


def syntax_problem(error: yaml.MarkedYAMLError, file: str, text: str) -> Problem:
    """The problem that a parser's error stands for."""
    unfinished = (error.problem or "") in _UNFINISHED
    mark = (error.context_mark if unfinished else error.problem_mark) or error.problem_mark
    if mark is None:
        return Problem(file, 0, 0, "", "is not YAML", "check the indentation and the quotes")
    problem, mend = _words(error.problem or "", _character(text, mark.line, mark.column))
    return Problem(file, mark.line + 1, mark.column + 1, "", problem, mend)


def _words(message: str, character: str) -> tuple[str, str]:
    if message in _MENDS:
        return _MENDS[message]
    if character == "\t":
        return "is indented with a tab", "indent with blanks"
    if "cannot start any token" in message and character:
        return f"has text that begins with {character}", "put it in quotes"
    return "is not YAML", "check the indentation and the quotes"


def _character(text: str, line: int, column: int) -> str:
    lines = text.splitlines()
    return lines[line][column : column + 1] if line < len(lines) else ""
