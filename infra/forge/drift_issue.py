"""One issue per stack that drifted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from llmdeploy.infra.forge.marker import Marked, mark, marked
from llmdeploy.infra.forge.protocol import Forge, Issue

Report = Literal["opened", "updated", "unchanged", "closed", "none"]

LABEL: Final = "llmdeploy-drift"

_OVER: Final = "There is no drift any more."
_AGAIN: Final = "There is drift again."


def report_drift(forge: Forge, stack: str, body: str | None, tell: Callable[[str], None]) -> Report:
    """Keep the one issue about a stack's drift: opened, written anew when the drift is another, closed.

    Args:
        body: what drifted (Markdown); None when nothing does any more.
        tell: is told when somebody else's edit is lost.

    Raises:
        ForgeForbidden, ForgeUnusable: the forge does not take it.
    """
    ours = _ours(forge, stack)
    if body is None:
        return _close(forge, [issue for issue, _ in ours if issue.open])
    text = mark(_key(stack), body)
    if not ours:
        forge.create_issue(f"Drift of {stack}", text, LABEL)
        _close_others(forge, stack)
        return "opened"
    issue, before = _kept(ours)
    wanted = marked(_key(stack), text)
    changed = wanted is None or before.said != wanted.said
    if changed and not before.intact:
        tell(f"issue {issue.number} was edited; it is written anew")
    if not issue.open:
        forge.update_issue(issue.number, body=text, open=True)
        forge.comment_issue(issue.number, _AGAIN)
        return "opened"
    if changed:
        forge.update_issue(issue.number, body=text)
    return "updated" if changed else "unchanged"


def _key(stack: str) -> str:
    return f"drift.{stack}"


def _ours(forge: Forge, stack: str) -> list[tuple[Issue, Marked]]:
    known = ((issue, marked(_key(stack), issue.body)) for issue in forge.issues(LABEL))
    return sorted(((issue, said) for issue, said in known if said), key=lambda each: each[0].number)


def _kept(ours: list[tuple[Issue, Marked]]) -> tuple[Issue, Marked]:
    """The oldest that is open, or else the last that was."""
    return next((each for each in ours if each[0].open), ours[-1])


def _close(forge: Forge, issues: list[Issue]) -> Report:
    for issue in issues:
        forge.comment_issue(issue.number, _OVER)
        forge.update_issue(issue.number, open=False)
    return "closed" if issues else "none"


def _close_others(forge: Forge, stack: str) -> None:
    """Another job can have opened one at the same time, or an answer was lost."""
    still_open = [issue for issue, _ in _ours(forge, stack) if issue.open]
    for issue in still_open[1:]:
        forge.update_issue(issue.number, open=False)
