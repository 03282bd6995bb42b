"""One of the four ways to look at a deployment, and what was seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Verdict = Literal["healthy", "degraded", "down", "unknown"]
"""`unknown`: it could not be asked, or there is nothing to ask; that says nothing against the deployment."""

_FROM_WORST: Final[tuple[Verdict, ...]] = ("down", "degraded", "healthy", "unknown")


@dataclass(frozen=True, slots=True)
class View:
    """What one of them says.

    Args:
        said: in one line.
        problems: what is not as it should be, or could not be asked, one sentence each.
    """

    verdict: Verdict
    said: str
    problems: tuple[str, ...] = ()


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of them; `unknown` is no better than `healthy`, and only of itself the worst."""
    return min(verdicts, key=_FROM_WORST.index, default="unknown")


def whole(parts: Iterable[Verdict]) -> Verdict:
    """The verdict on a whole: `down` when all of it is, `degraded` when some of it is worse than healthy."""
    found = set(parts) - {"unknown"}
    if not found:
        return "unknown"
    return found.pop() if len(found) == 1 else "degraded"
