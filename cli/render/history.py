"""How the history of a stack looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.cli.render.failure import visible
from llmdeploy.cli.render.steps import tally
from llmdeploy.cli.render.table import show, styled, table
from llmdeploy.serving.plan.model import REVISION_LENGTH

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from llmdeploy.infra.runner.result import HistoryEntry
    from llmdeploy.serving.rollout.progress import Revision
    from llmdeploy.serving.rollout.record import Record

_STYLES: Final = {"succeeded": "green", "failed": "red", "in-progress": "yellow"}


def show_history(entries: Sequence[HistoryEntry], record: Record, out: Console) -> None:
    """Two lines for each: when, what, how long and what came of it; then what was changed, and why. Then the
    revisions that are remembered.
    """
    for entry in entries:
        result = styled(entry.result, _STYLES.get(entry.result, ""))
        show(table(None, [(_when(entry), entry.operation, _took(entry), result)]), out)
        out.print(f"  {tally(entry.counts, done=True)}", style="dim")
        if entry.message:
            out.print(f"  {visible(entry.message)}", style="dim", soft_wrap=True)
    if record.revisions:
        out.print()
        columns = ("revision", "model", "framework", "spec")
        show(table(columns, [_revision(each, record) for each in reversed(record.revisions)]), out)


def history_data(stack: str, entries: Sequence[HistoryEntry], record: Record) -> dict[str, Any]:
    """The history as JSON has it."""
    revisions = [
        each.model_dump(mode="json", exclude={"plan"}) | {"present": each.number == record.revision}
        for each in reversed(record.revisions)
    ]
    return {"stack": stack, "history": [_data(entry) for entry in entries], "revisions": revisions}


def _revision(revision: Revision, record: Record) -> tuple[str | Text, ...]:
    present = revision.number == record.revision
    at = f"@{revision.model_revision[:REVISION_LENGTH]}" if revision.model_revision else ""
    return (
        styled(f"{revision.number}{' (present)' if present else ''}", "bold" if present else ""),
        f"{revision.model}{at}",
        revision.framework,
        revision.short,
    )


def _data(entry: HistoryEntry) -> dict[str, Any]:
    ended = entry.ended.isoformat() if entry.ended else None
    return asdict(entry) | {"started": entry.started.isoformat(), "ended": ended, "seconds": _seconds(entry)}


def _when(entry: HistoryEntry) -> str:
    return f"{entry.started.astimezone():%Y-%m-%d %H:%M:%S %z}"


def _took(entry: HistoryEntry) -> str:
    seconds = _seconds(entry)
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _seconds(entry: HistoryEntry) -> float | None:
    return (entry.ended - entry.started).total_seconds() if entry.ended else None
