"""What is worth a line that stays, of all that happens during an operation."""

from __future__ import annotations

from typing import NamedTuple

from llmdeploy.cli.render.steps import WORDS, changed, drifted, subject, tally
from llmdeploy.infra.runner.events import Diagnostic, Event, Note, Step, StepDone, StepFailed, Summary


class News(NamedTuple):
    """A line and its style."""

    text: str
    style: str


def news(event: Event) -> News | None:
    """The line for an event; None when it is not worth one, or is said elsewhere (errors end the command)."""
    match event:
        case StepDone():
            return _done(event)
        case StepFailed(step=step, seconds=seconds):
            return News(f"✗ {WORDS[step.op].doing} {subject(step)} failed after {seconds:.1f} s", "red")
        case Diagnostic(severity="warning", ephemeral=False):
            return News(f"! {_about(event)}{event.message}", "yellow")
        case Diagnostic(severity="info", ephemeral=False):
            return News(f"  {_about(event)}{event.message}", "dim")
        case Note(message=message):
            return News(f"  {message}", "dim")
        case Summary(stack=stack, counts=counts, seconds=seconds, failed=failed):
            also = f", {failed} failed" if failed else ""
            return News(f"{stack}: {tally(counts, done=True)}{also}, in {seconds:.1f} s", "bold")
        case _:
            return None


def _done(event: StepDone) -> News | None:
    step = event.step
    if step.component or step.op in {"same", "read", "discard"}:
        return None
    if step.op == "refresh":
        return _found(step) if step.gone or step.changes else None
    return News(f"✓ {WORDS[step.op].done} {subject(step)} in {event.seconds:.1f} s", "green")


def _found(step: Step) -> News:
    differences = "; ".join(map(changed, step.changes))
    return News(f"! {drifted(step)}{': ' if differences else ''}{differences}", "yellow")


def _about(event: Diagnostic) -> str:
    return f"{event.name}: " if event.name else ""
