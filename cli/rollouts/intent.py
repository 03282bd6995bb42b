"""What an `up` of a spec comes to: an ordinary update, or a rollout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from llmdeploy.serving.rollout.record import Record
from llmdeploy.serving.rollout.standing import Standing

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.serving.spec.rollout import Rollout


@dataclass(frozen=True, slots=True)
class Intent:
    """What the stack is to be in the end.

    Args:
        plan: every region as it will stand.
        spec_plan: the same as the spec has it, which says nothing of how regions stand.
        record: what the stack remembers now.
        standing: how its regions stand now.
        rolled: the regions whose replicas a rollout changes; none: an ordinary update does it.
        asked: how; None: as a rollout usually goes.
        notes: what a reader should know.
    """

    plan: Plan
    spec_plan: Plan
    record: Record
    standing: Standing
    rolled: tuple[str, ...] = ()
    asked: Rollout | None = None
    notes: tuple[str, ...] = field(default=())

    def told(self) -> tuple[str, ...]:
        """What a reader of a preview should know about how it comes about."""
        if self.record.rollout is not None:
            return (
                f"A rollout is under way ({self.record.rollout.describe()}): `up` is refused until it ends.",
            )
        if not self.rolled or self.record.stable is None:
            return self.notes
        from llmdeploy.serving.rollout.moves import begun

        progress = begun(
            self.record.revision + 1, self.record.stable, self.spec_plan, self.rolled, self.asked
        )
        order = ", then ".join(" and ".join(group) for group in progress.groups)
        steps = ", ".join(f"{step} %" for step in progress.steps)
        return (
            f"Rolled out by {progress.strategy}: {order}; {steps} of the requests.",
            *self.notes,
        )

    def after(self, images: Mapping[str, str]) -> Record:
        """What the stack remembers once it is done.

        Args:
            images: `image:tag` → digest.
        """
        if self.record.rollout is not None:
            return self.record
        slots = {region.name: region.slot for region in self.plan.regions if region.slot != "blue"}
        return self.record.brought(self.spec_plan, dict(images)).model_copy(update={"slots": slots})


def intent_of(plan: Plan, asked: Rollout | None, outputs: Mapping[str, Any]) -> Intent:
    """What bringing up `plan` comes to. While a rollout is under way, only what it has made of the stack.

    Args:
        plan: as the spec has it.
        asked: the spec's section `rollout`: without one, only a region that changes hands is rolled out.
        outputs: of the stack; none before its first `up`.
    """
    record, standing = Record.of(outputs), Standing.of(outputs)
    stable = record.stable
    if record.rollout is not None:
        from llmdeploy.serving.rollout.compose import present

        if (now := present(record, standing)) is not None:
            return Intent(now, plan, record, standing)
    if stable is None or (asked is None and not _changes_hands(stable, plan)):
        return Intent(standing.applied(plan), plan, record, standing)
    from llmdeploy.serving.rollout.change import changed_regions, obstacles
    from llmdeploy.serving.rollout.compose import flipped
    from llmdeploy.serving.rollout.switch import SWITCH

    asked = asked or SWITCH
    rolled = changed_regions(stable, plan)
    notes = tuple(f"not rolled out step by step: {problem}" for problem, _ in obstacles(stable, plan))
    if not rolled or notes:
        return Intent(standing.applied(plan), plan, record, standing, notes=notes)
    return Intent(flipped(standing, stable, plan).applied(plan), plan, record, standing, rolled, asked)


def _changes_hands(stable: Plan, plan: Plan) -> bool:
    """Whether some region is run by its cloud's own service now and was not, or the other way round."""
    if not any(region.managed for each in (stable, plan) for region in each.regions):
        return False
    from llmdeploy.serving.rollout.switch import switched_regions

    return bool(switched_regions(stable, plan))
