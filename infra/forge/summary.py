"""The page that GitHub shows of a job."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

LIMIT: Final = 1024 * 1024
"""Bytes that GitHub takes of one step; of more it shows nothing."""

_CUT: Final = "\n\n**Cut: the job's summary takes no more.**\n"


def write_summary(environ: Mapping[str, str], text: str) -> bool:
    """Add Markdown to the job's summary. False where there is none, as on GitLab: the job's log has to do."""
    file = environ.get("GITHUB_STEP_SUMMARY")
    if not file:
        return False
    path = Path(file)
    room = LIMIT - (path.stat().st_size if path.exists() else 0)
    with path.open("ab") as summary:
        summary.write(_fitting(f"{text.rstrip()}\n", room))
    return True


def _fitting(text: str, room: int) -> bytes:
    """The text, cut after a line where it is too long."""
    data, cut = text.encode(), _CUT.encode()
    if len(data) <= room:
        return data
    kept = data[: max(0, room - len(cut))]
    return kept[: kept.rfind(b"\n") + 1] + cut if room >= len(cut) else b""
