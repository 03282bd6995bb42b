"""What to use instead of something unknown."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_SHOWN = 12
"""Choices listed in one message."""


def instead_of(unknown: str, choices: Iterable[str]) -> str:
    """The mend for an unknown word: the choice that was meant, or all choices when none is close."""
    known = list(choices)
    close = closest(unknown, known)
    if close:
        return f"did you mean {close}?"
    more = ", …" if len(known) > MOST_SHOWN else ""
    return f"use one of {', '.join(known[:MOST_SHOWN])}{more}" if known else "leave it out"


def closest(unknown: str, choices: Iterable[str]) -> str | None:
    """The choice that is spelled most like `unknown`, if any is near."""
    matches = get_close_matches(unknown[:100].lower(), list(choices), n=1, cutoff=0.6)
    return matches[0] if matches else None
