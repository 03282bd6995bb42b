"""A review in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.render.failure import show_problems
from llmdeploy.cli.render.review.detail import LEVELS
from llmdeploy.cli.render.review.money import money_rows
from llmdeploy.cli.render.review.properties import property_lines
from llmdeploy.cli.render.review.resources import region_title
from llmdeploy.cli.render.steps import WORDS, kind, tally
from llmdeploy.cli.render.table import heading, show, styled, table

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.infra.review.model import RegionReview, ResourceChange, Review

_DETAIL: Final = LEVELS[1]
_LINE_STYLES: Final = {"+": "green", "-": "red"}
_STYLES: Final = {"high": "bold red", "medium": "yellow", "low": "dim"}


def show_reviews(reviews: Sequence[Review], out: Console) -> None:
    """One after the other."""
    for review in reviews:
        out.print(f"{review.spec}: stack {review.stack}", style="bold")
        if review.ok:
            _show(review, out)
        else:
            _show_refused(review, out)
        out.print()


def show_tail(review: Review, out: Console) -> None:
    """What money, clouds and rules say of a change."""
    _show_risks(review, out)
    _show_money(review, out)
    _show_quota(review, out)


def _show_refused(review: Review, out: Console) -> None:
    if review.problems:
        show_problems(review.problems, color=None)
        return
    out.print(f"Error: {review.error}", style="red")
    if review.mend:
        out.print(f"  → {review.mend}")


def _show(review: Review, out: Console) -> None:
    out.print(review.headline)
    out.print()
    for region in review.regions:
        _show_region(region, out)
    out.print(f"{review.stack}: {tally(review.counts, done=False)}", style="bold")
    if review.tags_only:
        out.print(f"{review.tags_only} of those unchanged only get the tag of the new spec", style="dim")
    show_tail(review, out)
    for note in (f"Resources are counted from {review.basis}.", *review.notes):
        out.print(note, style="dim")


def _show_region(region: RegionReview, out: Console) -> None:
    told = [resource for resource in region.resources if not resource.tags_only]
    if told:
        heading(region_title(region), out)
    for resource in told:
        _show_resource(resource, out)


def _show_resource(resource: ResourceChange, out: Console) -> None:
    words = WORDS[resource.op]
    out.print(f"{words.sign} {words.plan:8} {kind(resource.type)} {resource.name}", style=words.style)
    for change in resource.changes:
        for line in property_lines(change, _DETAIL):
            out.print(f"  {line}", style=_LINE_STYLES.get(line[0], "dim"))


def _show_risks(review: Review, out: Console) -> None:
    if review.risks:
        heading("Risks", out)
        rows = [(styled(each.level, _STYLES[each.level]), each.what, each.mend) for each in review.risks]
        show(table(None, rows), out)


def _show_money(review: Review, out: Console) -> None:
    rows = list(money_rows(review.before, review.after))
    if rows:
        heading("USD", out)
        show(table(("", "before", "after", "change"), rows), out)


def _show_quota(review: Review, out: Console) -> None:
    refused = [each for each in review.quota if each.verdict != "ok"]
    if refused:
        heading("The clouds", out)
        rows = [(each.where or "all", each.check, each.has, each.verdict, each.mend) for each in refused]
        show(table(None, rows), out)
