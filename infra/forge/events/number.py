"""Numbers in an environment."""

from __future__ import annotations


def number(text: str | None) -> int | None:
    """The whole number a variable says; None where it says none."""
    return int(text) if text and text.isascii() and text.isdigit() else None
