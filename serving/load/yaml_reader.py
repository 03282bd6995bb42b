"""YAML text to a `Document`, event by event, so that no input can exhaust the stack or the memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from llmdeploy.serving.errors import Problem, SpecErrors
from llmdeploy.serving.load.document import Document, Path, Place, shown_path
from llmdeploy.serving.load.scalars import read_scalar
from llmdeploy.serving.load.yaml_syntax import syntax_problem

MAX_DEPTH = 16
"""Mappings and lists within each other; the deepest value of a spec is at 7."""
_YAML = "tag:yaml.org,2002:"
_TEXT_TAGS = (None, "!", f"{_YAML}str")


def read_yaml(text: str, file: str) -> tuple[Document, list[Problem]]:
    """The document in `text`, and the problems found on the way that leave the rest readable.

    Raises:
        SpecErrors: the text cannot be read to its end, or is not one mapping.
    """
    reader = _Reader(file, text)
    try:
        reader.read(yaml.parse(text, yaml.CSafeLoader))
    except yaml.MarkedYAMLError as error:
        reader.problems.append(syntax_problem(error, file, text))
    except (yaml.reader.ReaderError, UnicodeEncodeError):
        reader.report(0, 0, (), "holds characters that YAML does not allow", "save it as plain UTF-8 text")
    else:
        return Document(reader.root, reader.places), reader.problems
    raise SpecErrors(reader.problems)


class _Frame:
    """A mapping or a list that is being filled."""

    def __init__(self, container: dict[str, Any] | list[Any], path: Path) -> None:
        self.container = container
        self.path = path
        self.key: ScalarEvent | None = None


class _Reader:
    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.problems: list[Problem] = []
        self.places: dict[Path, Place] = {}
        self.root: Any = None
        self.frames: list[_Frame] = []

    def read(self, events: Iterator[Event]) -> None:
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents == 2:
                    self.stop(event, (), "holds several documents", "keep one, without further lines of ---")
            elif isinstance(event, NodeEvent):
                self.node(event)
            elif isinstance(event, yaml.events.CollectionEndEvent):
                self.frames.pop()
            elif isinstance(event, StreamEndEvent) and not isinstance(self.root, dict):
                self.not_a_mapping(documents)

    def not_a_mapping(self, documents: int) -> None:
        empty = self.root is None
        problem = "is empty" if empty else "is not a mapping"
        self.report(1 if documents else 0, 1, (), problem, "begin with name: and the name of the deployment")
        raise SpecErrors(self.problems)

    def node(self, event: NodeEvent) -> None:
        frame = self.frames[-1] if self.frames else None
        if frame and isinstance(frame.container, dict) and frame.key is None:
            self.key(frame, event)
            return
        path = self.path_of_next(frame)
        value = self.value(event, path)
        self.remember(frame, event, path)
        self.attach(frame, value)
        if isinstance(value, (dict, list)):
            if len(self.frames) == MAX_DEPTH:
                self.stop(event, path, "is nested too deeply", "a spec needs no more than 7 levels")
            self.frames.append(_Frame(value, path))

    def key(self, frame: _Frame, event: NodeEvent) -> None:
        if not isinstance(event, ScalarEvent):
            self.stop(event, frame.path, "has a key that is not text", "use a word as the key")
        self.refuse_tag_and_anchor(event, frame.path)
        scalar = read_scalar(event.value) if event.implicit[0] else None
        path = (*frame.path, event.value)
        if scalar and (scalar.problem or not isinstance(scalar.value, str)):
            self.report_at(
                event, path, f"YAML does not read the key {event.value[:40]} as text", "write it in quotes"
            )
        elif event.value in frame.container:
            first = self.places[path]
            self.report_at(event, path, f"is given twice, first in line {first.key_line}", "keep one of them")
        frame.key = event

    def path_of_next(self, frame: _Frame | None) -> Path:
        if frame is None:
            return ()
        if isinstance(frame.container, list):
            return (*frame.path, len(frame.container))
        assert frame.key is not None
        again = " (again)" if frame.key.value in frame.container else ""
        return (*frame.path, frame.key.value + again)

    def value(self, event: NodeEvent, path: Path) -> Any:
        if isinstance(event, AliasEvent):
            self.report_at(event, path, f"is an alias (*{str(event.anchor)[:40]})", "write the value out")
            return None
        self.refuse_tag_and_anchor(event, path)
        if isinstance(event, MappingStartEvent):
            return {}
        if isinstance(event, SequenceStartEvent):
            return []
        assert isinstance(event, ScalarEvent)
        if not event.implicit[0]:
            return event.value
        scalar = read_scalar(event.value)
        if scalar.problem:
            self.report_at(event, path, scalar.problem, scalar.mend)
        return scalar.value

    def remember(self, frame: _Frame | None, event: NodeEvent, path: Path) -> None:
        plain = isinstance(event, ScalarEvent) and event.implicit[0]
        self.places[path] = Place(
            *_start(event),
            *_start(frame.key if frame and frame.key else event),
            path=path,
            source=str(getattr(event, "value", "")) if plain else "",
        )

    def attach(self, frame: _Frame | None, value: Any) -> None:
        if frame is None:
            self.root = value
        elif isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.key:
            frame.container.setdefault(frame.key.value, value)
            frame.key = None

    def refuse_tag_and_anchor(self, event: NodeEvent, path: Path) -> None:
        tag = getattr(event, "tag", None)
        if tag not in _TEXT_TAGS:
            self.report_at(event, path, f"has the tag {tag.replace(_YAML, '!!')[:40]}", "leave the tag out")
        if event.anchor is not None:
            self.report_at(
                event, path, f"has an anchor (&{event.anchor[:40]})", "leave it out; write values out"
            )

    def report(self, line: int, column: int, path: Path, problem: str, mend: str) -> None:
        self.problems.append(Problem(self.file, line, column if line else 0, shown_path(path), problem, mend))

    def report_at(self, event: Event, path: Path, problem: str, mend: str) -> None:
        self.report(*_start(event), path, problem, mend)

    def stop(self, event: Event, path: Path, problem: str, mend: str) -> NoReturn:
        self.report_at(event, path, problem, mend)
        raise SpecErrors(self.problems)


def _start(event: Event) -> tuple[int, int]:
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)
