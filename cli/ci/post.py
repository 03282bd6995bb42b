"""A comment on the pull request, or, where that cannot be, in the job's summary. Never fails the job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.ci.tell import Tell
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.forge.ci_event import CiEvent

_DONE: Final = {
    "created": "The comment is written.",
    "updated": "The comment of before is brought up to date.",
    "unchanged": "The comment of before says the same already.",
}
"""Of the others the log has a line already."""


def comment_key(environment: str | None) -> str:
    """The name under which a pull request's comment is found again."""
    return f"preview-{environment}" if environment else "preview"


def post(
    event: CiEvent,
    environ: Mapping[str, str],
    key: str,
    body: str,
    tell: Tell,
    *,
    only_update: bool = False,
    patience_s: float = 60,
) -> None:
    """Put a comment on the pull request of the event.

    Args:
        key: names the job; each has one comment.
        only_update: say nothing where nothing was said before.
        patience_s: for the forge, before the summary has to do. Seconds.
    """
    from llmdeploy.infra.forge.connect import connect
    from llmdeploy.infra.forge.sticky import has_comment, put_comment

    if event.number is None:
        return summarise(environ, body, "this run belongs to no pull request", tell)
    try:
        forge = connect(event, environ, tell, patience_s)
        if only_update and not has_comment(forge, event, key):
            return None
        done = put_comment(forge, event, key, body, tell)
        if done in _DONE:
            tell(_DONE[done])
    except LlmdeployError as error:
        summarise(environ, body, error.problem, tell)
    return None


def summarise(environ: Mapping[str, str], body: str, reason: str, tell: Tell) -> None:
    """Put it into the job's summary, or into its log where there is none."""
    from llmdeploy.infra.forge.summary import write_summary

    if write_summary(environ, body):
        tell(f"There is no comment: {reason}. The job's summary has it instead.")
    else:
        tell(f"There is no comment: {reason}. This log and the job's artifacts have it instead:\n\n{body}")
