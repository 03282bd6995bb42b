"""One comment per pull request and job, kept up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, Literal

from llmdeploy.infra.forge.ci_event import CiEvent
from llmdeploy.infra.forge.errors import Gone
from llmdeploy.infra.forge.marker import Marked, mark, marked
from llmdeploy.infra.forge.protocol import Comment, Forge
from llmdeploy.serving.errors import LlmdeployError

Put = Literal["created", "updated", "unchanged", "newer", "rewritten"]

_ROUNDS: Final = 4
"""Enough for another job that writes at the same time, and for somebody who deletes."""


def put_comment(forge: Forge, event: CiEvent, key: str, body: str, tell: Callable[[str], None]) -> Put:
    """Let the one comment that jobs of this key have below the pull request say `body` (Markdown).

    Looks again after each change, so that two jobs at once end with one comment, that of the newer run.
    Only comments that the token's owner wrote are touched.

    Args:
        tell: is told when somebody else's edit is lost, and when a newer run was faster.

    Returns:
        What became of it; "newer" means that a newer run's comment was left alone, "rewritten" that somebody
        had edited it.

    Raises:
        LlmdeployError: the run is for no pull request.
        ForgeForbidden, ForgeUnusable: the forge does not take it.
    """
    if event.number is None:
        raise LlmdeployError("this run is for no pull request, so there is nowhere to comment")
    text = mark(key, body, run=f"{event.run[0]}.{event.run[1]}", head=event.head)
    done: Put | None = None
    for _ in range(_ROUNDS):
        ours = _ours(forge, event.number, key)
        if not ours:
            forge.create_comment(event.number, text)
            done = "created"
            continue
        if max(each.run for _, each in ours) > event.run:
            tell(f"a newer run has commented on {event.number} already; its comment stays")
            return done or "newer"
        (kept, before), *others = ours
        _delete(forge, event.number, (comment for comment, _ in others))
        step = _step(before, text, key)
        if step == "unchanged" and before.run == event.run:
            return done or step
        if step == "rewritten":
            tell(f"{kept.author}'s comment on {event.number} was edited; it is written anew")
        if _update(forge, event.number, kept, text):
            done = done or step
    return done or "unchanged"


def has_comment(forge: Forge, event: CiEvent, key: str) -> bool:
    """Whether a job of this key has commented on the pull request."""
    return event.number is not None and bool(_ours(forge, event.number, key))


def _ours(forge: Forge, number: int, key: str) -> list[tuple[Comment, Marked]]:
    """The comments of this key, the oldest first."""
    mine = (comment for comment in forge.comments(number) if comment.mine)
    known = ((comment, marked(key, comment.body)) for comment in mine)
    return sorted(((comment, said) for comment, said in known if said), key=lambda each: each[0].id)


def _step(before: Marked, text: str, key: str) -> Put:
    wanted = marked(key, text)
    if not before.intact:
        return "rewritten"
    return "unchanged" if wanted and before.said == wanted.said else "updated"


def _update(forge: Forge, number: int, comment: Comment, text: str) -> bool:
    """Also when only the run is another: else one in between, finishing late, would take itself for newer."""
    try:
        forge.update_comment(number, comment.id, text)
    except Gone:
        return False
    return True


def _delete(forge: Forge, number: int, comments: Iterable[Comment]) -> None:
    for comment in comments:
        try:
            forge.delete_comment(number, comment.id)
        except Gone:
            continue
