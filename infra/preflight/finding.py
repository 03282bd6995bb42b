"""What a check of the preflight finds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

Check = Literal[
    "credentials",
    "permissions",
    "services",
    "region",
    "quota",
    "zones",
    "machine-image",
    "image",
    "weights",
    "spot",
    "budget",
    "domain",
]
CHECKS: Final[tuple[Check, ...]] = get_args(Check)
Verdict = Literal["ok", "warning", "failed", "allowed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the report."""

    where: str
    """A region of the spec, a cloud (`aws`), or empty for the whole deployment."""
    check: Check
    needs: str
    has: str
    verdict: Verdict
    mend: str = ""
    command: str = ""
    """A line for a shell that mends it, ready to run."""
    soft: bool = False
    """Whether `--allow` lets it pass: it may work all the same, or could not be found out."""

    def allowing(self, allowed: frozenset[Check]) -> Finding:
        """The finding, let pass where it is soft and its check is allowed."""
        if self.verdict == "failed" and self.soft and self.check in allowed:
            return replace(self, verdict="allowed")
        return self
