"""What a stack remembers of its versions: those that were up, and the rollout that is under way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Self

from pydantic import Field, ValidationError

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.progress import Ended, Progress, Revision, SlotsByRegion
from llmdeploy.serving.rollout.standing import Standing

KEPT: Final = 10
"""Revisions that one can go back to, 1 to 5 KB each in the state."""


class Record(Frozen):
    """Kept as the stack's output `record`.

    Args:
        revisions: the last ones, the present one last.
        slots: where each region's replicas are; those in blue are not named.
        rollout: None when none is under way.
        ended: how the last one ended.
    """

    revisions: tuple[Revision, ...] = ()
    slots: SlotsByRegion = Field(default_factory=dict)
    rollout: Progress | None = None
    ended: Ended | None = None

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> Self:
        """From a stack's outputs. Empty before the first `up`, and of one by another version."""
        try:
            return cls.model_validate(outputs.get("record") or {})
        except ValidationError:
            return cls()

    @property
    def revision(self) -> int:
        """The number of the present one; 0 before the first."""
        return self.revisions[-1].number if self.revisions else 0

    @property
    def stable(self) -> Plan | None:
        """The plan that is up, or that a rollout comes from."""
        return self.revisions[-1].plan.plan() if self.revisions else None

    def find(self, number: int) -> Revision | None:
        """The revision of that number, if it is still kept."""
        return next((each for each in self.revisions if each.number == number), None)

    def brought(self, plan: Plan, images: dict[str, str]) -> Self:
        """The record after `plan` has been brought up."""
        made = Revision.of(self.revision + 1, plan, images)
        if self.revisions and _same(self.revisions[-1], made):
            return self
        return self.model_copy(update={"revisions": (*self.revisions, made)[-KEPT:]})

    def rolling(self, progress: Progress) -> Self:
        """The record at a move of a rollout."""
        return self.model_copy(update={"rollout": progress, "ended": None})

    def finished(self, target: Plan, images: dict[str, str], standing: Standing, ended: Ended) -> Self:
        """The record after a rollout. What went back leaves the revisions as they were."""
        after = self if ended.outcome == "went back" else self.brought(target, images)
        return after.model_copy(update={"rollout": None, "ended": ended, "slots": dict(standing.slots)})

    def told(self) -> dict[str, Any]:
        """Plain data, for the stack's output."""
        return self.model_dump(mode="json", exclude_defaults=True)


def _same(one: Revision, another: Revision) -> bool:
    """Whether both are one version, whatever they cost on the day that they were planned."""
    return one.images == another.images and _unpriced(one) == _unpriced(another)


def _unpriced(revision: Revision) -> dict[str, Any]:
    plan = revision.plan.plan()
    told = plan.model_dump(mode="json", exclude={"cost"})
    for data, region in zip(told["regions"], plan.regions, strict=True):
        data["hardware"] = region.hardware.unpriced() if region.hardware else None
    return told
