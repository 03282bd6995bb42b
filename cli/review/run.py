"""Reviews of all specs that a change touches."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from llmdeploy.cli import exit_codes
from llmdeploy.cli.opening import ready_engine
from llmdeploy.cli.render.looking import looking
from llmdeploy.cli.review.one import review_one
from llmdeploy.cli.review.request import Request
from llmdeploy.infra.review.conditions import broken, checked
from llmdeploy.infra.review.model import Review

if TYPE_CHECKING:
    from llmdeploy.infra.home import Home

_MOST_WORKERS: Final = 4
"""Each takes up to 1 GiB: the SDKs, the engine, and where they are simulated the clouds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All reviews, and which conditions hold.

    Args:
        broken: the `--fail-on` conditions that hold, one sentence each.
    """

    reviews: tuple[Review, ...]
    broken: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Nothing is invalid, failed or refused."""
        return self.exit_code == exit_codes.OK

    @property
    def exit_code(self) -> int:
        """Of an invalid spec, else of the first failure, else of a condition that holds."""
        failed = [review.exit_code for review in self.reviews if not review.ok]
        if exit_codes.USAGE in failed:
            return exit_codes.USAGE
        return failed[0] if failed else exit_codes.CONDITION if self.broken else exit_codes.OK


def review_all(request: Request) -> Outcome:
    """Review every spec. What is wrong with one is said in its review, and keeps back no other.

    Raises:
        ConditionUnknown: `fail_on` names one that there is not.
        RevisionUnusable: git knows no such base.
        Interrupted: the user stopped it.
    """
    from llmdeploy.infra.home import home_from_environment

    conditions = checked(request.fail_on)
    _check_base(request)
    home = home_from_environment()
    reviews = tuple(_each(request, home))
    return Outcome(reviews, broken(reviews, conditions))


def _check_base(request: Request) -> None:
    if request.base is not None:
        from llmdeploy.infra.revision.git import base_commit

        base_commit(Path(), request.base)


def _each(request: Request, home: Home) -> list[Review]:
    reviews = [
        (review, spec.exists()) for review, spec in zip(_reviews(request, home), request.specs, strict=True)
    ]
    stacks = {review.stack for review, exists in reviews if exists}
    # A spec that only lies elsewhere now is not deleted.
    return [review for review, exists in reviews if exists or review.stack not in stacks]


def _reviews(request: Request, home: Home) -> list[Review]:
    """One for each spec, several at a time, each in a process of its own: the SDK knows but one program."""
    review = partial(review_one, request, home=home)
    workers = min(len(request.specs), os.cpu_count() or 1, _MOST_WORKERS)
    if workers <= 1:
        return [review(spec) for spec in request.specs]
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    ready_engine(home)
    with (
        looking(f"reviewing {len(request.specs)} specs"),
        ProcessPoolExecutor(workers, get_context("spawn"), initializer=_be_silent) as pool,
    ):
        return list(pool.map(review, request.specs))


def _be_silent() -> None:
    """Several that tell what they do at once tell nothing."""
    sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for as long as the process lives
