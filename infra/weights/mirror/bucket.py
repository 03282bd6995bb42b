"""A region's bucket, whichever cloud has it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

Sent = Callable[[int], object]
"""Is told bytes as they arrive, those that an earlier push had sent of the same file included."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object, as listed."""

    size: int
    sha256: str | None
    """As the push that sent it noted; None: not told by a listing, or not sent by a push."""


class Bucket(Protocol):
    """What mirroring asks of a bucket. Its methods are called from several threads.

    Every method raises BucketUnusable: it is not there, or refuses.
    """

    name: str

    def objects(self, prefix: str) -> Mapping[str, StoredObject]:
        """All objects below a prefix, by key."""
        ...

    def sha256(self, key: str) -> str | None:
        """What was noted with an object when it was sent; None when nothing was."""
        ...

    def send(self, key: str, path: Path, sha256: str, sent: Sent) -> None:
        """Send a file and check that it arrived whole; what an earlier push began is gone on with."""
        ...

    def read(self, key: str) -> str | None:
        """A small object; None when there is none."""
        ...

    def write(self, key: str, text: str) -> None:
        """A small object."""
        ...

    def delete(self, key: str) -> None:
        """Remove an object; none is no error."""
        ...
