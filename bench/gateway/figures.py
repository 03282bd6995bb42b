"""Figures with their spread."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def spread(values: Sequence[float], unit: str = "", digits: int = 2) -> str:
    """`0.05 s (0.04–0.07)`: the median, and the smallest and largest of all runs."""
    if not values:
        return "none"
    middle, least, most = statistics.median(values), min(values), max(values)
    space = f" {unit}" if unit else ""
    return f"{middle:.{digits}f}{space} ({least:.{digits}f}–{most:.{digits}f})"


def row(*cells: object, widths: Sequence[int]) -> str:
    """One line of a table."""
    return "  ".join(str(cell).ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
