"""The preview of a pull request: which specs, where, their reviews, files, and the comment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from llmdeploy.cli.ci.post import comment_key, post
from llmdeploy.cli.ci.reviews import PLANS, reviewed, write_files
from llmdeploy.cli.ci.tell import tell
from llmdeploy.cli.ci.touched import touched_specs
from llmdeploy.cli.ci.where import Where, chosen_where
from llmdeploy.cli.render.review.comment import SIMULATED, comment
from llmdeploy.cli.render.review.escape import plain

if TYPE_CHECKING:
    from llmdeploy.cli.review.request import Request
    from llmdeploy.cli.review.run import Outcome
    from llmdeploy.infra.forge.ci_event import CiEvent

_MOST_REFUSALS: Final = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """What is asked for.

    Args:
        request: without specs: those that the pull request touches.
        simulate: None: where nothing else can be done.
        out: folder for the files.
        report_url: None: the page of the run.
    """

    request: Request
    simulate: bool | None
    out: Path
    report_url: str | None


def preview_pull_request(wanted: Preview, event: CiEvent, environ: Mapping[str, str]) -> int:
    """Do all of it, and return the exit code.

    Raises:
        ConditionUnknown, RevisionUnusable, Interrupted: see `review_all`.
        LlmdeployError: the files cannot be written, or there is nothing to compare with.
    """
    asked = wanted.request
    touched = touched_specs(asked.base, asked.environment, asked.specs)
    where = chosen_where(touched, asked=wanted.simulate, fork=event.fork)
    specs = tuple(each.spec for each in touched)
    outcome = reviewed(replace(asked, specs=specs, plans=wanted.out / PLANS), where)
    text = comment(
        outcome.reviews,
        report_url=wanted.report_url or event.run_url or None,
        first="\n\n".join(_first(where, outcome)),
    )
    write_files(outcome, text, wanted.out)
    post(event, environ, comment_key(asked.environment), text, tell, only_update=not touched)
    for sentence in outcome.broken:
        tell(f"{click.style('Refused:', fg='red', bold=True)} {sentence}")
    tell(_summary(outcome))
    return outcome.exit_code


def _first(where: Where, outcome: Outcome) -> Iterator[str]:
    """What stands before everything else: what is only simulated, and what is refused."""
    if where.first:
        yield where.first
    elif any(review.simulated for review in outcome.reviews):
        yield SIMULATED
    for sentence in outcome.broken[:_MOST_REFUSALS]:
        yield f"**Refused:** {plain(sentence)}"
    if (more := len(outcome.broken) - _MOST_REFUSALS) > 0:
        yield f"… {more} more"


def _summary(outcome: Outcome) -> str:
    if not outcome.reviews:
        return "No serving spec is touched."
    return "\n".join(f"- {review.spec}: {review.stack}: {review.kind}" for review in outcome.reviews)
