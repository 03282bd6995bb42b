"""What the loader returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from llmdeploy.serving.errors import Problem
from llmdeploy.serving.load.document import Document, Path
from llmdeploy.serving.spec import ServingSpec

if TYPE_CHECKING:
    from llmdeploy.serving.quality.gate import Gate


@dataclass(frozen=True, slots=True)
class LoadedSpec:
    """A spec that is valid, and where it came from."""

    spec: ServingSpec
    file: str
    environment: str
    """The environment that was laid over it; empty for none."""
    environments: tuple[str, ...]
    """Those that the file has, in its order."""
    digest: str
    """sha256 of the resolved spec: the same for two files that mean the same."""
    warnings: tuple[Problem, ...]
    document: Document
    gates: Mapping[str, Gate]
    """The quality gates, by environment; the spec's own under the empty name."""

    @property
    def gate(self) -> Gate | None:
        """The quality gate with the environment laid over it; None where there is none."""
        return self.gates.get(self.environment)

    def position(self, path: Path) -> tuple[int, int]:
        """The line and column (from 1) of a value, or of the nearest value around one that was derived."""
        place = self.document.place(path)
        return place.line, place.column
