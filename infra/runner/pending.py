"""Operations that a killed engine had begun: the state lists them as pending until they are cleared."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


def clear_pending(ask: Callable[..., str], stack: str, folder: Path, note: Callable[[str], None]) -> None:
    """Take pending operations out of the state, and say which they were.

    What was being updated or deleted is still in the state as it was, so the next `up` or `destroy` does it
    again. What was being created is not: the next `up` creates it, and a provider that names things itself
    (ours does) takes over what is there.

    Args:
        ask: runs an engine command and returns what it printed.
        folder: where a copy of the state may be written for a moment, readable by us only.
    """
    deployment = json.loads(ask("stack", "export", "--stack", stack))
    pending = (deployment.get("deployment") or {}).pop("pending_operations", None)
    if not pending:
        return
    note("interrupted earlier: " + ", ".join(map(_named, pending)))
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".import-", suffix=".json") as file:
        json.dump(deployment, file)
        file.flush()
        ask("stack", "import", "--stack", stack, "--file", file.name)


def _named(operation: dict[str, Any]) -> str:
    return f"{operation.get('type', 'changing')} {operation['resource']['urn'].rsplit('::', 1)[-1]}"
