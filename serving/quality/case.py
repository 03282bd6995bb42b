"""One prompt of a quality gate, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any] | bool


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked, and what the answer is held against; only what its check needs is given.

    Args:
        line: in the prompts' file, from 1.
        messages: of a chat, as the API takes them; the last one is to be answered.
        expect: the answer itself.
        schema: a JSON Schema of the answer.
        pattern: a regular expression of Python that is found in the answer.
        criteria: what the judging model looks at beside its rubric.
    """

    line: int
    messages: tuple[Mapping[str, Any], ...]
    expect: str = ""
    schema: Schema = True
    pattern: str = ""
    criteria: str = ""

    @property
    def prompt(self) -> str:
        """The text of the last message."""
        return text_of(self.messages[-1].get("content"))


@dataclass(frozen=True, slots=True)
class Result:
    """Whether an answer passed; `why` says what is wrong with one that did not."""

    passed: bool
    why: str = ""


def text_of(content: object) -> str:
    """The text of a message, also of one in several parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, (list, tuple)) else ()
    return "\n".join(str(part["text"]) for part in parts if isinstance(part, Mapping) and "text" in part)


def excerpt(text: str, most: int = 200) -> str:
    """The beginning of a text, in one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
