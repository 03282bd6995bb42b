"""What a rollout has told, kept line by line: verdicts with their evidence, moves with their times."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmdeploy.infra.rollout.events import Event, Watching, data


@dataclass(frozen=True, slots=True)
class Journal:
    """A file of JSON lines, one rollout a file."""

    file: Path

    def write(self, event: Event) -> None:
        """Keep an event, with the seconds since the epoch. Looks without a verdict are not kept."""
        if isinstance(event, Watching):
            return
        self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self.file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"at": round(time.time(), 3), **data(event)}, ensure_ascii=False) + "\n")

    @property
    def unfinished(self) -> bool:
        """Whether it was begun, and the command that did so has not told its end."""
        told = self.read()
        return bool(told) and told[-1]["event"] != "over"

    def read(self) -> list[dict[str, Any]]:
        """What was kept, the oldest first; a line that a kill has cut is left out."""
        if not self.file.exists():
            return []
        found = []
        for line in self.file.read_text(encoding="utf-8").splitlines():
            try:
                found.append(json.loads(line))
            except ValueError:
                continue
        return found

    def beside(self, show: Callable[[Event], None]) -> Callable[[Event], None]:
        """Keeps what it also shows."""

        def both(event: Event) -> None:
            self.write(event)
            show(event)

        return both
