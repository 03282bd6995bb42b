"""How far a push has come, told at least every two seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """A push under way, over all its regions. Bytes."""

    what: str
    """`checking`, or `sending`."""
    files_done: int
    files: int
    bytes_done: int
    bytes: int
    seconds: float


class Stopped(Exception):
    """A sender stops, as another one failed or the user said so."""


class Meter:
    """Counts, and tells every second while it is entered.

    Args:
        tell: is given the progress; called from a thread of the meter.
    """

    def __init__(self, tell: Callable[[Progress], object], files: int, size: int) -> None:
        self._tell = tell
        self._files, self._bytes = files, size
        self._files_done = self._bytes_done = 0
        self._what = "checking"
        self._begin = time.monotonic()
        self._lock = threading.Lock()
        self._ended, self._stopped = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_telling, daemon=True)

    def __enter__(self) -> Meter:
        self._thread.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _where: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def stop(self) -> None:
        """Have every sender stop at its next part."""
        self._stopped.set()

    def arrived(self, size: int) -> None:
        """So many more bytes are in a bucket.

        Raises:
            Stopped: the push is to end.
        """
        if self._stopped.is_set():
            raise Stopped
        with self._lock:
            self._what = "sending"
            self._bytes_done += size

    def file_done(self, size: int) -> None:
        """One more file is settled; `size` bytes of it are not counted yet."""
        with self._lock:
            self._files_done += 1
            self._bytes_done += size

    def progress(self) -> Progress:
        """As it stands."""
        with self._lock:
            return Progress(
                self._what,
                self._files_done,
                self._files,
                self._bytes_done,
                self._bytes,
                time.monotonic() - self._begin,
            )

    def _keep_telling(self) -> None:
        while not self._ended.wait(EVERY_S):
            self._tell(self.progress())
