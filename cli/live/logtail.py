"""The end of log files, and what is added to them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

# What 10 lines of a log rarely exceed; read backwards in pieces of this many bytes.
_BLOCK: Final = 8192
_LOOK_EVERY_S: Final = 0.2


class LogLine(NamedTuple):
    """A line and the name of its source."""

    source: str
    text: str


def last_lines(sources: Mapping[str, Path], count: int) -> Iterator[LogLine]:
    """The last `count` lines of each file; files that are not there have none."""
    for source, path in sources.items():
        for text in _tail(path, count):
            yield LogLine(source, text)


def follow(sources: Mapping[str, Path]) -> Iterator[LogLine]:
    """Lines as they are added, without end. A rotated or shortened file is read on from its beginning."""
    readers = [_Reader(source, path) for source, path in sources.items()]
    while True:
        quiet = True
        for reader in readers:
            for line in reader.new_lines():
                quiet = False
                yield line
        if quiet:
            time.sleep(_LOOK_EVERY_S)


class _Reader:
    """Remembers how far one file has been read."""

    def __init__(self, source: str, path: Path) -> None:
        self._source = source
        self._path = path
        self._inode, self._offset = self._now()
        self._rest = b""

    def new_lines(self) -> Iterator[LogLine]:
        """Whole lines that were added since the last call."""
        inode, size = self._now()
        if inode != self._inode or size < self._offset:
            self._inode, self._offset, self._rest = inode, 0, b""
        if size == self._offset:
            return
        with self._path.open("rb") as file:
            file.seek(self._offset)
            added = self._rest + file.read()
            self._offset = file.tell()
        *lines, self._rest = added.split(b"\n")
        for line in lines:
            yield LogLine(self._source, line.decode(errors="replace"))

    def _now(self) -> tuple[int, int]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return 0, 0
        return status.st_ino, status.st_size


def _tail(path: Path, count: int) -> list[str]:
    try:
        with path.open("rb") as file:
            position = file.seek(0, os.SEEK_END)
            content = b""
            while position and content.count(b"\n") <= count:
                step = min(_BLOCK, position)
                position -= step
                file.seek(position)
                content = file.read(step) + content
    except FileNotFoundError:
        return []
    lines = content.decode(errors="replace").splitlines()
    return lines[-count:] if count else []
