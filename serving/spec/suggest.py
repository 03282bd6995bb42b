"""What to use instead of something unknown."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST_SHOWN = 12
"""Choices listed in one message."""


def instead_of(unknown: str, choices: Iterable[str]) -> str:
    """The mend for an unknown word: the choice that was meant, or all choices when none is close."""
    known = list(choices)
    begin_alike = [choice for choice in known if len(unknown) > 1 and choice.startswith(unknown.lower())]
    if len(begin_alike) > 1:
        return f"use one of {', '.join(begin_alike[:MOST_SHOWN])}"
    close = closest(unknown, known)
    if close:
        return f"did you mean {close}?"
    more = ", …" if len(known) > MOST_SHOWN else ""
    if len(known) < 2:
        return f"use {known[0]}" if known else "leave it out"
    return f"use one of {', '.join(known[:MOST_SHOWN])}{more}"


def closest(unknown: str, choices: Iterable[str]) -> str | None:
    """The choice that is spelled most like `unknown`, if any is near."""
    matches = get_close_matches(unknown[:100].lower(), list(choices), n=1, cutoff=0.6)
    return matches[0] if matches else None
