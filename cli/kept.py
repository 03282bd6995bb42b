"""Small files in the cache, which save doing again what has not changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from llmdeploy import __version__

LARGEST_BYTES = 1024 * 1024
"""A larger file is no spec (serving/load refuses it), and a pipe or device may never end."""


class Kept:
    """A folder of answers, each under a name made of all that went into it.

    Args:
        folder: made with mode 0700 when the first answer is kept.
        most: how many are kept; the oldest are forgotten.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._folder = folder
        self._most = most

    def find(self, name: str) -> Any | None:
        """An answer, as JSON has it; None when there is none, or none that can be read."""
        try:
            return json.loads((self._folder / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def keep(self, name: str, answer: object) -> None:
        """Keep an answer for the next time; nothing where the folder cannot be written."""
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            partial = self._folder / f"{name}.{os.getpid()}"
            partial.write_text(json.dumps(answer))
            partial.replace(self._folder / f"{name}.json")
            self._forget_the_oldest()

    def _forget_the_oldest(self) -> None:
        kept = sorted(self._folder.iterdir(), key=lambda entry: entry.stat().st_mtime)
        for entry in kept[: -self._most]:
            entry.unlink(missing_ok=True)


def name_of(spec: Path, *asked: object) -> str | None:
    """The name of an answer: changes with the bytes of the spec, its path, and whatever else is `asked`.

    None for a spec that is no file, or cannot be read.
    """
    try:
        if not spec.is_file() or spec.stat().st_size > LARGEST_BYTES:
            return None
        known_by = hashlib.sha256(spec.read_bytes())
    except OSError:
        return None
    known_by.update(json.dumps([str(spec), *asked]).encode())
    return known_by.hexdigest()


def contents(folder: Path) -> str:
    """Changes with what any file in a folder of small files says, and with its name."""
    digest = hashlib.sha256()
    for path, _, _ in sorted(_files(folder)):
        with suppress(OSError):  # who needs what cannot be read says so
            digest.update(repr((path, Path(path).read_bytes())).encode())
    return digest.hexdigest()


def code(*folders: Path) -> str:
    """Changes with our version, and with every edited file of the folders, for those who work on them."""
    found = [sorted(_files(folder)) for folder in folders]
    return hashlib.sha256(repr((__version__, found)).encode()).hexdigest()


def _files(folder: Path | str) -> Iterator[tuple[str, int, int]]:
    """Each file, when it was changed, and its size; none where there is no folder to look into."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path) if entry.name != "__pycache__" else ()
            else:
                status = entry.stat()
                yield entry.path, status.st_mtime_ns, status.st_size
