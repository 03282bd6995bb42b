"""Run an `up` that says when a resource of a kind begins to be created: `python -m … ROOT KIND`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.infra.provider.deployment import Deployment
from tests.infra.provider.plans import plan


class Announcing(Deployment):
    """Prints a line when the kind begins."""

    def __init__(self, root: Path, kind: str) -> None:
        super().__init__(root)
        self._kind = kind

    def seen(self, event: Any) -> None:
        """Announce."""
        step = event.resource_pre_event
        if step and step.metadata.op.value == "create" and step.metadata.type.endswith(f":{self._kind}"):
            print("begun", flush=True)


if __name__ == "__main__":
    Announcing(Path(sys.argv[1]), sys.argv[2]).up(plan("a", arguments=("--load-s", "0.5")))
