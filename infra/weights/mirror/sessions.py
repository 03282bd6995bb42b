"""Uploads to Google's cloud that are under way, so that a push that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(slots=True)
class UploadSession:
    """One upload. Whoever has its address may write to it: the file is for its owner alone."""

    file: Path
    address: str | None

    def begin(self, address: str) -> None:
        """Keep the address of a new upload."""
        self.address = address
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = self.file.with_suffix(f".{os.getpid()}")
        partial.touch(mode=0o600)
        partial.write_text(address)
        partial.replace(self.file)

    def end(self) -> None:
        """Forget it."""
        self.address = None
        self.file.unlink(missing_ok=True)


class UploadSessions:
    """All of them, a file each.

    Args:
        folder: below the cache; a lost one only means that a file is sent from its beginning.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, bucket: str, key: str, sha256: str) -> UploadSession:
        """The upload of this content to this place, if one was begun."""
        name = hashlib.sha256(f"{bucket}/{key}/{sha256}".encode()).hexdigest()[:32]
        file = self._folder / name
        return UploadSession(file, file.read_text() if file.exists() else None)
