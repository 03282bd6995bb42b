"""What a stack knows of its regions that no spec says: in which slot each one's replicas are, and which are
evacuated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot


class Standing(Frozen):
    """By region; those that are not named are in the slot blue and not evacuated."""

    slots: dict[str, Slot] = Field(default_factory=dict)
    evacuated: tuple[str, ...] = ()

    @classmethod
    def of(cls, outputs: Mapping[str, Any]) -> Self:
        """From a stack's outputs; nothing before its first `up`."""
        record = outputs.get("record") or {}
        return cls(slots=record.get("slots") or {}, evacuated=tuple(outputs.get("evacuated") or ()))

    def slot(self, region: str) -> Slot:
        """Where the region's own version is."""
        return self.slots.get(region, "blue")

    def applied(self, plan: Plan) -> Plan:
        """The plan of a spec, with every region as it stands."""
        regions = tuple(self._region(region) for region in plan.regions)
        return plan if regions == plan.regions else plan.model_copy(update={"regions": regions})

    def _region(self, region: RegionPlan) -> RegionPlan:
        slot, evacuated = self.slot(region.name), region.name in self.evacuated
        if (region.slot, region.evacuated) == (slot, evacuated):
            return region
        return region.model_copy(update={"slot": slot, "evacuated": evacuated})


def other(slot: Slot) -> Slot:
    """The slot that is free."""
    return "green" if slot == "blue" else "blue"
