"""How a preview looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.cli.render.steps import WORDS, changed, drifted, subject, tally

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.infra.runner.events import Step
    from llmdeploy.infra.runner.result import RunResult


def show_preview(result: RunResult, out: Console) -> None:
    """What is no longer as it was left, then what `up` or `destroy` would do, with changed properties."""
    for step in result.drift:
        out.print(f"! {drifted(step)}", style="yellow")
        _show_changes(step, out)
    for step in result.steps:
        words = WORDS[step.op]
        if step.component or step.op in {"same", "read", "refresh"}:
            continue
        out.print(f"{words.sign} {words.plan:8} {subject(step)}", style=words.style)
        # Of a new resource every property is new: listing them would bury the news.
        if step.op in {"update", "replace"}:
            _show_changes(step, out)
    out.print(f"{result.stack}: {tally(result.counts, done=False)}", style="bold")


def _show_changes(step: Step, out: Console) -> None:
    for change in step.changes:
        out.print(f"    {changed(change)}", style="dim")
