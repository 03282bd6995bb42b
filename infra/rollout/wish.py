"""What another command on this machine asks a running rollout for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

Wish = Literal["pause", "abort"]
_KNOWN: Final[dict[str, Wish]] = {"pause": "pause", "abort": "abort"}


@dataclass(frozen=True, slots=True)
class Wishes:
    """A file in the rollout's folder holds the wish until it is heard."""

    folder: Path

    def say(self, wish: Wish) -> None:
        """Ask for it."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file.write_text(wish)

    def heard(self) -> Wish | None:
        """What was asked for; None: nothing. Asking again is a new wish."""
        try:
            said = self._file.read_text().strip()
        except FileNotFoundError:
            return None
        self.clear()
        return _KNOWN.get(said)

    def clear(self) -> None:
        """Forget what was asked for before."""
        self._file.unlink(missing_ok=True)

    @property
    def _file(self) -> Path:
        return self.folder / "wish"
