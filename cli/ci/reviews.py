"""The reviews of a pull request, and the files that they leave."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmdeploy.cli.ci.tell import tell
from llmdeploy.cli.ci.where import Where
from llmdeploy.cli.review.request import Request
from llmdeploy.cli.review.run import Outcome, review_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmdeploy.cli.ci.touched import Touched

COMMENT: Final = "comment.md"
PLANS: Final = "plans"
_UNENCRYPTED: Final = (
    "No reviewed plans are kept: PULUMI_CONFIG_PASSPHRASE is empty, so nothing in them would be secret. "
    "Make it a secret of the pipeline; without plans `llmdeploy ci apply` refuses."
)


def reviewed(request: Request, where: Where) -> Outcome:
    """The reviews in the order of the request's specs.

    Args:
        request: its specs and whether they are simulated come from `where`.

    Raises:
        ConditionUnknown, RevisionUnusable, Interrupted: see `review_all`.
    """
    _forget_plans(request.plans)
    plans = request.plans if _keeps_secrets(request) else None
    if where.real and plans is None:
        tell(_UNENCRYPTED)
    real = review_all(replace(request, specs=_specs(where.real), simulate=False, plans=plans))
    apart = _without_state(request) if where.alone else request
    simulated = review_all(replace(apart, specs=_specs(where.simulated), simulate=True))
    order = {str(spec): index for index, spec in enumerate(request.specs)}
    reviews = sorted((*real.reviews, *simulated.reviews), key=lambda review: order[review.spec])
    return Outcome(tuple(reviews), real.broken + simulated.broken)


def write_files(outcome: Outcome, comment: str, folder: Path) -> None:
    """comment.md, report.html and review.json. Raises LlmdeployError: they cannot be written."""
    from llmdeploy.cli.render.review.output import rendered, write

    write(folder / COMMENT, comment)
    write(folder / "report.html", rendered(outcome, "html"))
    write(folder / "review.json", rendered(outcome, "json"))


def _specs(touched: Sequence[Touched]) -> tuple[Path, ...]:
    return tuple(each.spec for each in touched)


def _forget_plans(folder: Path | None) -> None:
    """What lies there already, left by another run or committed by somebody, must not pass for reviewed."""
    for file in folder.glob("*.plan.json") if folder is not None else ():
        file.unlink()


def _keeps_secrets(request: Request) -> bool:
    """Whether what is secret in a plan is encrypted; where a pipeline lacks a secret, it is empty text."""
    backend = request.backend or os.environ.get("LLMDEPLOY_BACKEND") or os.environ.get("PULUMI_BACKEND_URL")
    by_service = (backend or "").startswith(("https://", "http://"))
    return by_service or os.environ.get("PULUMI_CONFIG_PASSPHRASE") != ""


def _without_state(request: Request) -> Request:
    """Without credentials the shared state cannot be read either: its backend gives way to one of our own."""
    from llmdeploy.infra.home import home_from_environment

    return replace(request, backend=home_from_environment().state.as_uri())
