"""How an amount looks: `~` before what is worked out and stands in no price list."""

from __future__ import annotations

ESTIMATE = "~ is an estimate, no list price"


def usd(amount: float | None, *, estimated: bool, digits: int = 2) -> str:
    """`~12.34`, or `?` for what is not known."""
    return "?" if amount is None else f"{'~' if estimated else ''}{amount:,.{digits}f}"
