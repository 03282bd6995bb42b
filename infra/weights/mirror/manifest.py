"""The object that says a model is mirrored whole, with the size and hash of every file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class MirroredFile:
    """One file of a mirrored model."""

    path: str
    """Below the model's prefix."""
    size: int
    """Bytes."""
    sha256: str


def manifest_text(files: Iterable[MirroredFile]) -> str:
    """`size sha256 path`, a file a line: so that a node checks it with a shell alone."""
    return "".join(f"{file.size} {file.sha256} {file.path}\n" for file in sorted(files))


def read_manifest(text: str) -> tuple[MirroredFile, ...]:
    """The files of a manifest.

    Raises:
        ValueError: it is not one.
    """
    rows = (line.split(" ", 2) for line in text.splitlines())
    return tuple(MirroredFile(path, int(size), sha256) for size, sha256, path in rows)
