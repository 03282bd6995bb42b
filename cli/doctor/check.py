"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "warning", "blocks"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the machine. `blocks` means that `up` cannot work before it is mended."""

    subject: str
    verdict: Verdict
    found: str
    mend: str = ""
