"""What the engine knows of the stack: what was done to it last, and what of that was left half done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from llmdeploy.infra.status.overview.stack import StackState
from llmdeploy.infra.status.overview.view import View

if TYPE_CHECKING:
    from llmdeploy.infra.runner.result import HistoryEntry
    from llmdeploy.infra.status.overview.rollout import RolloutStatus

_DAY_S = 86400


def state_view(
    state: StackState,
    history: Sequence[HistoryEntry] | None,
    at_work: str,
    rollout: RolloutStatus | None,
) -> View:
    """The view of the stack.

    Args:
        history: the last operation, if there was one; None: it was not told.
        at_work: who works on the stack now; empty when nobody does.
    """
    last = history[0] if history else None
    parts = [_last(last) if last else "no operation has ended yet" if history is not None else ""]
    parts += [_count(state), _revision(state)]
    parts += [str(rollout)] if rollout else []
    parts += [f"{at_work} is at work" if at_work else ""]
    problems = tuple(_problems(state, history, at_work, rollout))
    return View("degraded" if problems else "healthy", ", ".join(filter(None, parts)), problems)


def _problems(
    state: StackState,
    history: Sequence[HistoryEntry] | None,
    at_work: str,
    rollout: RolloutStatus | None,
) -> list[str]:
    found = []
    if history and history[0].result == "failed":
        found.append(f"the last {history[0].operation} failed; `llmdeploy up` goes on from there")
    if state.pending and not at_work:
        found.append(
            f"an operation was interrupted at {', '.join(state.pending)}; `llmdeploy up` goes on from there"
        )
    if rollout is not None and rollout.status == "paused":
        found.append(f"the rollout is paused: {rollout.now}")
    return found


def _last(last: HistoryEntry) -> str:
    when = (last.ended or last.started).timestamp()
    return f"{last.operation} {last.result} {ago(time.time() - when)}"


def _count(state: StackState) -> str:
    return "1 resource" if state.resources == 1 else f"{state.resources} resources"


def _revision(state: StackState) -> str:
    digest, number = str(state.outputs.get("spec_digest") or ""), state.outputs.get("revision")
    from llmdeploy.serving.plan.model import REVISION_LENGTH

    short = digest[:REVISION_LENGTH]
    return f"revision {number} ({short})" if number else f"revision {short}" if short else ""


def ago(seconds: float) -> str:
    """`just now`, `3 min ago`, `2 h ago`, `5 days ago`."""
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min ago"
    return f"{seconds / 3600:.0f} h ago" if seconds < 2 * _DAY_S else f"{seconds / _DAY_S:.0f} days ago"
