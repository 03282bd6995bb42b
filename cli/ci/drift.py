"""What is no longer as `up` left it, as the text of an issue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.ci.show import show_rows
from llmdeploy.cli.ci.tell import tell
from llmdeploy.cli.ci.touched import specs_below
from llmdeploy.cli.render.review.comment import LIMIT
from llmdeploy.cli.render.review.detail import LEVELS, Detail
from llmdeploy.cli.render.review.escape import code
from llmdeploy.cli.render.review.resources import changes_of

if TYPE_CHECKING:
    from llmdeploy.cli.review.request import Request
    from llmdeploy.infra.forge.ci_event import CiEvent
    from llmdeploy.infra.forge.protocol import Forge
    from llmdeploy.infra.review.model import Review


def watch_drift(request: Request, event: CiEvent, environ: Mapping[str, str], *, as_json: bool) -> int:
    """Review, report, show, and return the exit code: of specs that could not be looked at; else 0.

    Args:
        request: without specs: all below this folder.

    Raises:
        ForgeUnusable: the forge takes no issues.
    """
    from llmdeploy.cli.review.run import review_all
    from llmdeploy.infra.forge.connect import connect

    outcome = review_all(replace(request, specs=request.specs or specs_below(Path())))
    forge = connect(event, environ, tell)
    rows = [_reported(review, forge) for review in outcome.reviews]
    show_rows(rows, ("spec", "stack", "drift", "issue", "error"), as_json=as_json, none="There is no spec.")
    return outcome.exit_code


def _reported(review: Review, forge: Forge) -> dict[str, Any]:
    """What could not be looked at keeps the issue that it has."""
    from llmdeploy.infra.forge.drift_issue import report_drift

    issue = report_drift(forge, review.stack, issue_text(review), tell) if review.ok else "unknown"
    return {
        "spec": review.spec,
        "stack": review.stack,
        "drift": len(review.drift),
        "issue": issue,
        "error": review.error or "; ".join(map(str, review.problems)),
    }


def issue_text(review: Review) -> str | None:
    """Markdown; None without drift. Says nothing of when or by which run: the same drift is the same text."""
    if not review.drift:
        return None
    texts = (_text(review, detail) for detail in LEVELS)
    return next((text for text in texts if len(text) <= LIMIT), _text(review, LEVELS[-1]))


def _text(review: Review, detail: Detail) -> str:
    few = review.drift[: detail.rows]
    more = f"… {len(review.drift) - len(few)} more" if len(review.drift) > len(few) else ""
    stack, spec = code(review.stack), code(review.spec)
    parts = (
        f"Stack {stack} is not as the last `llmdeploy up` left it: {len(review.drift)} resources differ.",
        changes_of(few, detail),
        more,
        f"`llmdeploy up` brings them back. To keep what was changed, put it into {spec} first.",
    )
    return "\n\n".join(filter(None, parts)) + "\n"
