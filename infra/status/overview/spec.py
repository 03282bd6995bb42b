"""The spec against what was brought up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.status.deployed import rolled_out
from llmdeploy.infra.status.overview.view import View

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.serving.review.difference import Difference

UP_TO_DATE: Final = "up to date"
_SHOWN: Final = 3
"""Changes that fit in a line."""
CHANGED: Final = "the spec has changed since `up`; another `llmdeploy up` brings the change"


def spec_view(plan: Plan, outputs: Mapping[str, Any]) -> View:
    """Whether the spec is the one that is up, and what it says otherwise.

    Args:
        plan: what the spec says now.
        outputs: of the stack.
    """
    if outputs.get("spec_digest") == plan.spec_digest:
        return View("healthy", UP_TO_DATE)
    if rolled_out(outputs) == plan.spec_digest:
        return View("healthy", "being rolled out")
    return View("degraded", f"changed since `up`: {_changes(plan, outputs)}", (CHANGED,))


def _changes(plan: Plan, outputs: Mapping[str, Any]) -> str:
    from llmdeploy.serving.review.difference import differences
    from llmdeploy.serving.review.summary import summarise, summary_told

    before = summary_told(outputs.get("plan"))
    found = differences(before, summarise(plan))
    if found:
        return _line(found)
    # What is compared is what a reviewer asks first; the rest is the engine's to tell.
    return "`llmdeploy preview` shows what"


def _line(found: Sequence[Difference]) -> str:
    shown = [_said(each) for each in found[:_SHOWN]]
    more = len(found) - len(shown)
    return "; ".join([*shown, f"and {more} more"] if more else shown)


def _said(change: Difference) -> str:
    where = f"{change.where} " if change.where else ""
    if change.what == "region":
        return f"{change.where} {'added' if not change.before else 'removed'}"
    return f"{where}{change.what} {change.before or 'none'} → {change.after or 'none'}"
