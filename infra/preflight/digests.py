"""The digests of container images, remembered so that a moved tag never changes what runs by surprise."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path

FILE = "images.json"
"""In the llmdeploy home, or in a simulation's folder."""


class Digests:
    """`image:tag` → digest, kept in a file of the llmdeploy home.

    Args:
        file: where they are kept; one that cannot be read is as good as none. None: nowhere.
        pinned: digests that come before the file's, such as those of the stack's last `up`.
        refresh: forget those of the file, so that each is asked for again.
    """

    def __init__(
        self, file: Path | None, pinned: Mapping[str, str] | None = None, *, refresh: bool = False
    ) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._pinned = pinned or {}
        self._known = {} if refresh else _read(file)

    def get(self, reference: str) -> str | None:
        """The digest of `image:tag`, if it is known."""
        return self._pinned.get(reference) or self._known.get(reference)

    def keep(self, reference: str, digest: str) -> None:
        """Remember a digest."""
        with self._lock:
            self._known[reference] = digest
            if self._file is None:
                return
            merged = _read(self._file) | self._known
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A reader never sees half a file.
            partial = self._file.with_suffix(f".{os.getpid()}.partial")
            partial.write_text(json.dumps(merged, indent=1, sort_keys=True), "utf-8")
            partial.replace(self._file)


def known_digests(home: Path) -> dict[str, str]:
    """All that a home remembers: `image:tag` → digest."""
    return _read(home / FILE)


def _read(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(key): str(value) for key, value in found.items() if str(value).startswith("sha256:")}
