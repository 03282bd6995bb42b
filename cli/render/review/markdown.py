"""Parts of Markdown pages: tables and folds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from llmdeploy.cli.render.review.detail import Detail


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], detail: Detail, *, right: int = 0) -> str:
    """A table, cut after as many rows as the detail allows; cells are Markdown already.

    Args:
        right: from which column on cells are aligned right; 0: none.
    """
    told = list(rows)
    lines = [
        _row(columns),
        _row(["---:" if right and index >= right else "---" for index in range(len(columns))]),
    ]
    lines += [_row(row) for row in told[: detail.rows]]
    if len(told) > detail.rows:
        lines.append(_row([f"… {len(told) - detail.rows} more", *[""] * (len(columns) - 1)]))
    return "\n".join(lines)


def fold(summary: str, content: str) -> str:
    """Content behind a line that opens it."""
    return f"<details><summary>{summary}</summary>\n\n{content}\n\n</details>"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
