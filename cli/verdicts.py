"""Specs found good are remembered, so that checking one again that has not changed costs next to nothing.

A pre-commit hook and an editor check the same files all day. What is remembered holds for the bytes of the
file, the environment, and this very version of the rules; anything else is checked anew. Bad specs are never
remembered.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from llmdeploy import __version__, serving
from llmdeploy.serving.errors import Problem

LARGEST_BYTES = 1024 * 1024
"""A larger file is no spec (serving/load refuses it), and a pipe or device may never end."""
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
        self._folder = folder
        self._rules = _fingerprint_of_rules()

    def recall(self, spec: Path, environment: str | None) -> Verdict | None:
        """The verdict on exactly these bytes, when there is one."""
        try:
            told = json.loads(self._entry(spec, environment).read_bytes())
            return Verdict(told["file"], tuple(Problem(**warning) for warning in told["warnings"]))
        except (OSError, ValueError, KeyError, TypeError):  # none, or not ours to trust
            return None

    def remember(self, spec: Path, environment: str | None, verdict: Verdict) -> None:
        """Keep a verdict for the next time."""
        with suppress(OSError):
            entry = self._entry(spec, environment)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = entry.with_suffix(f".{os.getpid()}")
            partial.write_text(json.dumps(asdict(verdict)))
            partial.replace(entry)
            self._forget_the_oldest()

    def _entry(self, spec: Path, environment: str | None) -> Path:
        if not spec.is_file() or spec.stat().st_size > LARGEST_BYTES:
            raise OSError
        known_by = hashlib.sha256(spec.read_bytes())
        known_by.update(json.dumps([str(spec), environment, self._rules]).encode())
        return self._folder / f"{known_by.hexdigest()}.json"

    def _forget_the_oldest(self) -> None:
        kept = sorted(self._folder.iterdir(), key=lambda entry: entry.stat().st_mtime)
        for entry in kept[:-MOST_KEPT]:
            entry.unlink(missing_ok=True)


def _fingerprint_of_rules() -> str:
    """Changes with the version and with every edited file of `serving`, for those who work on it."""
    newest = max(_changed(Path(serving.__file__).parent))
    return f"{__version__} {newest}"


def _changed(folder: Path) -> Iterator[int]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _changed(Path(entry.path))
            elif not entry.name.endswith(".pyc"):
                yield entry.stat().st_mtime_ns
