"""Specs found good are remembered, so that checking one again that has not changed costs next to nothing.

A pre-commit hook and an editor check the same files all day. What is remembered holds for the bytes of the
file, the environment, and this very version of the rules; anything else is checked anew. Bad specs are never
remembered.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from llmdeploy import serving
from llmdeploy.cli.kept import Kept, code, name_of
from llmdeploy.serving.errors import Problem

MOST_KEPT = 500
"""Older verdicts are forgotten; each is a file of some hundred bytes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A good spec, as it was named, with what should be known about it."""

    file: str
    warnings: tuple[Problem, ...]


class Verdicts:
    """The good specs that are known, in a folder of the cache; none when it cannot be used."""

    def __init__(self, folder: Path) -> None:
        self._kept = Kept(folder, MOST_KEPT)
        self._rules = code(Path(serving.__file__).parent)

    def name(self, spec: Path, environment: str | None) -> str | None:
        """What a verdict on exactly these bytes is known by; None for what is no file."""
        return name_of(spec, environment, self._rules)

    def recall(self, name: str | None) -> Verdict | None:
        """The verdict of that name, when there is one."""
        told = self._kept.find(name) if name else None
        try:
            warnings = tuple(Problem(**each) for each in told["warnings"]) if told else ()
            return Verdict(told["file"], warnings) if told else None
        except (KeyError, TypeError):  # not ours to trust
            return None

    def remember(self, name: str, verdict: Verdict) -> None:
        """Keep a verdict for the next time."""
        self._kept.keep(name, asdict(verdict))
