"""A comment on a pull request, never longer than its forge allows: it folds, then shortens, then links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from llmdeploy.cli.render.review.detail import LEVELS, WHOLE, Detail
from llmdeploy.cli.render.review.section import section
from llmdeploy.infra.review.model import Review

LIMIT: Final = 60_000
"""Characters. GitHub takes 65,536: https://docs.github.com/en/rest/issues/comments (422 above), 2026-11."""
TITLE: Final = "## llmdeploy preview"
SIMULATED: Final = "**Simulated:** made on simulated clouds; nothing here was asked of AWS or Google Cloud."


def comment(
    reviews: Sequence[Review], *, limit: int = LIMIT, report_url: str | None = None, first: str = ""
) -> str:
    """The comment, with as much detail as fits.

    Args:
        limit: characters.
        report_url: where the whole report is.
        first: a line before everything; absent, one says when clouds were simulated.
    """
    for detail in LEVELS:
        text = _text(reviews, detail, first, _link(report_url, shortened=detail is not LEVELS[0]))
        if len(text) <= limit:
            return text
    return _cut(reviews, limit, first, _link(report_url, shortened=True))


def whole(reviews: Sequence[Review]) -> str:
    """Everything, for a page."""
    return _text(reviews, WHOLE, "", "")


def _text(reviews: Sequence[Review], detail: Detail, first: str, link: str) -> str:
    sections = [section(review, detail) for review in reviews] or [NOTHING_TOUCHED]
    return "\n\n".join(filter(None, (*_head(reviews, first), *sections, link))) + "\n"


NOTHING_TOUCHED: Final = "No serving spec is touched."


def _head(reviews: Sequence[Review], first: str) -> list[str]:
    if not first and any(review.simulated for review in reviews):
        first = SIMULATED
    return [first, TITLE]


def _link(report_url: str | None, *, shortened: bool) -> str:
    where = (
        f"[the whole report]({report_url})"
        if report_url
        else "the report of this run, or `llmdeploy preview --format html`"
    )
    if shortened:
        return f"Shortened to fit into a comment: {where} has everything."
    return f"<sub>More in {where}.</sub>" if report_url else ""


def _cut(reviews: Sequence[Review], limit: int, first: str, link: str) -> str:
    """What is left of very many specs: as many sections as fit."""
    head, tail = _head(reviews, first), "… {} more specs. " + link
    room = limit - len("\n\n".join(head)) - len(tail) - 40
    told: list[str] = []
    for review in reviews:
        part = section(review, LEVELS[-1])
        if len(part) + 2 > room:
            break
        room -= len(part) + 2
        told.append(part)
    return "\n\n".join(filter(None, (*head, *told, tail.format(len(reviews) - len(told))))) + "\n"
