"""What `--fail-on` names: conditions under which a change must not be merged unseen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from llmdeploy.infra.review.model import Review
from llmdeploy.infra.review.risks import FLEETS
from llmdeploy.serving.errors import LlmdeployError

_LEVELS: Final = ("low", "medium", "high")


class ConditionUnknown(LlmdeployError):
    """There is no such condition."""

    exit_code = 2


def checked(conditions: Iterable[str]) -> tuple[str, ...]:
    """Conditions as given, several in one parted by commas.

    Raises:
        ConditionUnknown: one of them is none.
    """
    each = tuple(part.strip() for given in conditions for part in given.split(",") if part.strip())
    unknown = [name for name in each if name not in CONDITIONS]
    if unknown:
        raise ConditionUnknown(
            f"--fail-on does not know {', '.join(unknown)}", f"it knows {', '.join(CONDITIONS)}"
        )
    return each


def broken(reviews: Sequence[Review], conditions: Sequence[str]) -> tuple[str, ...]:
    """Which conditions hold, a sentence for each stack."""
    return tuple(
        f"{condition}: {review.stack}: {found}"
        for review in reviews
        for condition in conditions
        for found in CONDITIONS[condition](review)
    )


def _replaced(review: Review) -> Iterator[str]:
    names = [
        each.name
        for region in review.regions
        for each in region.resources
        if each.op == "replace" and each.type in FLEETS
    ]
    if names:
        yield f"{', '.join(names)} would be replaced"


def _of_kind(kind: str) -> Callable[[Review], Iterator[str]]:
    return lambda review: (risk.what for risk in review.risks if risk.kind == kind)


def _of_level(level: str) -> Callable[[Review], Iterator[str]]:
    grave = _LEVELS[_LEVELS.index(level) :]
    return lambda review: (risk.what for risk in review.risks if risk.level in grave)


def _over_budget(review: Review) -> Iterator[str]:
    """Placement refuses a budget that instances alone exceed; what else is paid for comes on top."""
    yield from _of_kind("over-budget")(review)
    yield from (each.problem for each in review.problems if each.path.startswith("budget"))


def _deleted(review: Review) -> Iterator[str]:
    if review.kind == "destroy":
        yield "the deployment would be destroyed"


def _drifted(review: Review) -> Iterator[str]:
    if review.drift:
        yield f"{len(review.drift)} resources are not as they were left"


CONDITIONS: Final[dict[str, Callable[[Review], Iterator[str]]]] = {
    "replace": _replaced,
    "destroy": _deleted,
    "over-budget": _over_budget,
    "quota": _of_kind("quota"),
    "unpinned": _of_kind("unpinned"),
    "public": _of_kind("public"),
    "redundancy": _of_kind("redundancy"),
    "drift": _drifted,
    "risk=high": _of_level("high"),
    "risk=medium": _of_level("medium"),
    "risk=low": _of_level("low"),
}
"""By name."""
