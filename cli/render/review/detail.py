"""How much of a review is told: a comment has a limit, a page has none."""

from __future__ import annotations

from typing import Final, NamedTuple


class Detail(NamedTuple):
    """How much is told.

    Attributes:
        value_width: characters of a value.
        value_lines: lines of a difference between two long values.
        properties: whether the properties of updated resources are told; of replaced ones they always are,
            as long as resources are.
        resources: whether every resource is told, or only how many of each type.
        decisions: whether the plan's reasons are told.
        rows: the most rows of a table; 0: no tables but those of cost.
    """

    value_width: int
    value_lines: int
    properties: bool
    resources: bool
    decisions: bool
    rows: int


WHOLE: Final = Detail(4000, 400, properties=True, resources=True, decisions=True, rows=10_000)
LEVELS: Final = (
    Detail(300, 60, properties=True, resources=True, decisions=True, rows=1000),
    Detail(120, 16, properties=True, resources=True, decisions=True, rows=200),
    Detail(80, 6, properties=True, resources=False, decisions=True, rows=60),
    Detail(60, 4, properties=False, resources=False, decisions=True, rows=40),
    Detail(60, 4, properties=False, resources=False, decisions=False, rows=12),
    Detail(40, 2, properties=False, resources=False, decisions=False, rows=3),
)
"""From the most to the least; the first that fits is taken."""
