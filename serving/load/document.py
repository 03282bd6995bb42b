"""A spec file as plain values, each with its place. Knows nothing of what the values mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]
"""Where a value is: the keys and the indices (from 0) that lead to it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in the file. Lines and columns count from 1."""

    line: int
    column: int
    key_line: int
    key_column: int
    path: Path
    """The path as the file has it; differs from the spec's own for values of an environment."""
    source: str = ""
    """What a plain scalar looks like in the file, before YAML read it as something else than text."""


@dataclass(frozen=True, slots=True)
class Document:
    """Values and their places. `places` has every path of `data`, the empty one too."""

    data: Any
    places: Mapping[Path, Place] = field(default_factory=dict)

    def nearest(self, path: Path) -> Path:
        """The longest part of `path` that the document has."""
        while path not in self.places:
            path = path[:-1]
        return path

    def value(self, path: Path) -> Any:
        """The value at a path that the document has."""
        found = self.data
        for step in path:
            found = found[step]
        return found

    def place(self, path: Path) -> Place:
        """The place of a value, or of the nearest value around one that is not there."""
        return self.places[self.nearest(path)]


def shown_path(path: Path) -> str:
    """A path as a message shows it: `regions[1].hardware.gpu`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("_", "").replace("-", "").isalnum():
            text += f".{step}" if text else step
        else:
            text += f'["{step}"]'
    return text if len(text) <= 120 else f"{text[:119]}…"
