"""Where the numbers of a view are from: `[1]` beside each, and the list below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.table import heading, show, table

if TYPE_CHECKING:
    from rich.console import Console


class Sources:
    """Counts sources as they are named. When they are not to be shown, every mark is empty."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._numbers: dict[str, int] = {}

    @property
    def column(self) -> str:
        """The title of a column of marks."""
        return "from" if self._shown else ""

    def mark(self, source: str) -> str:
        """`[1]`; the same source has the same number."""
        if not self._shown:
            return ""
        return f"[{self._numbers.setdefault(source, len(self._numbers) + 1)}]"

    def show(self, out: Console) -> None:
        """The list; nothing when nothing was marked."""
        if not self._numbers:
            return
        out.print()
        heading("Sources", out)
        show(table(None, [(f"[{number}]", source) for source, number in self._numbers.items()]), out)
