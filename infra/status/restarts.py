"""How often a program has ended without being asked to, from its supervisord's log."""

from __future__ import annotations

import re
from pathlib import Path

from llmdeploy.infra.provider import supervisord

_STARTED = re.compile(rb"supervisord started with pid")
_EXITED = re.compile(rb" exited: (?P<name>\S+) \(")
"""supervisor/process.py (4.3): `exited:` for an exit nobody asked for, `stopped:` for one that was."""


def restarts(folder: Path) -> dict[str, int]:
    """Exits nobody asked for, by program, since the folder's supervisord started. Programs without are left
    out."""
    try:
        log = (folder / supervisord.LOGS / "supervisord.log").read_bytes()
    except OSError:
        return {}
    found: dict[str, int] = {}
    last_start = max((match.end() for match in _STARTED.finditer(log)), default=0)
    for match in _EXITED.finditer(log, last_start):
        name = match["name"].decode(errors="replace")
        found[name] = found.get(name, 0) + 1
    return found
