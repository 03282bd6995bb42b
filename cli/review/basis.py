"""What a change is counted from and compared with, and what a reader should know about that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.review.work import Work
from llmdeploy.serving.review.summary import PlanSummary, summarise, summary_told

if TYPE_CHECKING:
    from llmdeploy.infra.runner.result import RunResult

_DEPLOYED: Final = "what is deployed"
_NOTHING: Final = "nothing: no stack of that name is deployed"


def deployed_summary(result: RunResult | None) -> PlanSummary | None:
    """What the stack says of itself; None before the first `up` that ended well."""
    return summary_told(result.outputs_before.get("plan")) if result is not None else None


def is_deployed(result: RunResult | None) -> bool:
    """Whether anything is there, also of an `up` that failed in part and so left no outputs."""
    if result is None:
        return False
    counts = result.counts
    return bool(result.outputs_before or counts.same + counts.update + counts.replace + counts.delete)


def basis(work: Work, result: RunResult | None) -> str:
    """What resources are counted from, in words."""
    if work.assumes_base:
        return f"simulated clouds in which the spec of {work.request.base} was brought up first"
    return _DEPLOYED if is_deployed(result) else _NOTHING


def before(work: Work, deployed: PlanSummary | None) -> PlanSummary | None:
    """What plans and prices are compared with: the base's, else what is deployed."""
    base = work.base.plan
    if base is not None and base.stack_name == work.stack:
        return summarise(base)
    return deployed


def notes(work: Work, deployed: PlanSummary | None, result: RunResult | None) -> Iterator[str]:
    """Sentences for the end of the review."""
    base, name = work.base, work.request.base
    if base.note:
        yield base.note
    if base.plan is not None and base.plan.stack_name != work.stack:
        yield (
            f"The deployment was called {base.plan.stack_name} in {name}. That one stays up as it is, "
            f"until it is destroyed with the spec of {name}."
        )
    if work.plan is None and result is None:
        yield "Nothing of it is deployed, so there is nothing to remove."
    if base.plan is not None and deployed is not None and deployed.spec_digest != base.plan.spec_digest:
        yield (
            f"What is deployed is not what {name} says: it was made from another spec. Resources are "
            "counted from what is deployed, plans and prices are compared with the base."
        )
    if deployed is None and is_deployed(result) and not work.assumes_base:
        yield (
            "What is deployed does not say what it serves: its last `up` failed in part, or was made by "
            "an earlier version of llmdeploy."
        )
    elif base.plan is not None and deployed is None and not work.assumes_base and work.plan is not None:
        yield f"Nothing is deployed, so all resources are new. Plans and prices are compared with {name}."
