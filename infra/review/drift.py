"""What is no longer as `up` left it, region by region, and what `up` does about each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from llmdeploy.infra.review.model import RegionReview
from llmdeploy.infra.review.steps import by_region
from llmdeploy.infra.runner.events import ChangeKind, Op, PropertyChange, Step
from llmdeploy.infra.runner.result import RunResult

_ECHOES: Final = frozenset({"tagsAll", "effectiveLabels", "pulumiLabels", "terraformLabels"})
"""Outputs that say again what `tags` or `labels` say."""
_MENDING: Final = frozenset({"create", "update", "replace", "delete"})


@dataclass(frozen=True, slots=True)
class Drift:
    """The drift of a stack. Of each resource, `op` is what `up` does and `changes` is what differs now.

    Attributes:
        mended: what `up` brings back.
        left: what differs and `up` leaves as it is: what clouds move by themselves, such as the size of a
            fleet, and what no spec says.
    """

    stack: str
    mended: tuple[RegionReview, ...]
    left: tuple[RegionReview, ...]

    @property
    def resources(self) -> int:
        """How many `up` would mend."""
        return sum(len(region.resources) for region in self.mended)


def drift_of(result: RunResult, regions: Sequence[str]) -> Drift:
    """The drift.

    Args:
        result: of a preview that refreshed; or only of a refresh, from which it cannot be told what `up` does
            not set: all counts as drift then.
        regions: those of the plan.
    """
    refreshed = result.operation == "refresh"
    doing = {step.urn: step for step in result.steps if not step.replaced}
    mended, left = [], []
    for found in result.drift:
        told = replace(found, changes=tuple(_by_property(found.changes)))
        step = doing.get(found.urn)
        op = _guessed(found) if refreshed else _mends(found, step)
        if op is None:
            left.append(replace(told, op="update"))
        else:
            mended.append(replace(told, op=op))
    return Drift(result.stack, by_region(mended, regions, ()), by_region(left, regions, ()))


def _mends(found: Step, step: Step | None) -> Op | None:
    """What the step does about what was found; None where that stays. A step may have another reason."""
    if step is None or step.op not in _MENDING:
        return None
    if step.op != "update" or not step.changes:
        return step.op
    touched = {_top(change.path) for change in step.changes}
    return step.op if any(_top(change.path) in touched for change in found.changes) else None


def _guessed(found: Step) -> Op:
    return "create" if found.gone else "update"


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _by_property(changes: Iterable[PropertyChange]) -> Iterator[PropertyChange]:
    """Each property by itself, where an object differs in a few."""
    told = [change for change in changes if change.path not in _ECHOES]
    for change in told or changes:
        yield from _parts(change.path, change.before, change.after)


def _parts(path: str, before: Any, after: Any) -> Iterator[PropertyChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                yield from _parts(f"{path}.{key}", before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            if one != other:
                yield from _parts(f"{path}[{index}]", one, other)
    else:
        kind: ChangeKind = "add" if before is None else "delete" if after is None else "update"
        yield PropertyChange(path, kind, before, after)
