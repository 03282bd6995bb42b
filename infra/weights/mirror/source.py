"""Where a model's files come from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from llmdeploy.infra.weights.mirror.errors import SourceUnusable
from llmdeploy.infra.weights.mirror.selection import served_files

BLOCK = 4 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a model."""

    path: str
    size: int
    """Bytes."""
    sha256: str | None
    """None: known only when the file has been read."""


class Source(Protocol):
    """A model whose files can be had one by one."""

    def files(self) -> Sequence[SourceFile]:
        """Those that a server loads.

        Raises:
            SourceUnusable: there is no such model, or no permission.
        """
        ...

    def opened(self, file: SourceFile) -> AbstractContextManager[Path]:
        """A file on this machine, while it is needed.

        Raises:
            SourceUnusable: it could not be had.
        """
        ...


class FolderSource:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self) -> Sequence[SourceFile]:
        """All in it that a server loads; links are followed."""
        if not self._folder.is_dir():
            raise SourceUnusable(f"{self._folder} is no folder", "name the folder that has the config.json")
        found = {
            Path(root, name).relative_to(self._folder).as_posix()
            for root, _, names in os.walk(self._folder, followlinks=True)
            for name in names
        }
        kept = served_files(found)
        if not kept:
            raise SourceUnusable(f"{self._folder} holds no model", "name the folder that has the config.json")
        return [SourceFile(path, (self._folder / path).stat().st_size, None) for path in kept]

    @contextmanager
    def opened(self, file: SourceFile) -> Iterator[Path]:
        """It lies there."""
        yield self._folder / file.path


def sha256_of(path: Path) -> str:
    """The hash of a file, read once."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
