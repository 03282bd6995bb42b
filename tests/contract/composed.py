"""Two versions of a region, in any state that one likes: not only those that a rollout comes through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.contract.tables import changed, plan_of
from tests.contract.world import World

from llmdeploy.serving.plan.model import REVISION_LENGTH, Plan, RegionPlan, VersionPlan


class Composed:
    """The plans of one region of a deployment on its way from one spec to another, made by hand.

    Args:
        case: `base`, the spec that is up; `change`, laid over it; `region`.
    """

    def __init__(self, world: World, case: Mapping[str, Any]) -> None:
        self.base = plan_of(world, case["base"])
        self._target = plan_of(world, changed(case["base"], case["change"]))
        self.old = self.base.region(case["region"])
        self.new = self._new()

    def plan(self, state: Mapping[str, Any]) -> Plan:
        """The deployment with the region in a state.

        own       `new`, once that is the region's own version
        replicas  just so many of the own version; absent: as its spec says
        beside    the other version: `role`, `percent`, and `replicas` likewise
        """
        own, other = (self.new, self.old) if state.get("own") == "new" else (self.old, self.new)
        region = _fixed(own, state)
        if (beside := state.get("beside")) is not None:
            version = VersionPlan(
                role=beside["role"],
                revision=self.base.revision_in(other),
                percent=beside.get("percent", 0),
                region=_fixed(other, beside),
            )
            region = region.model_copy(update={"beside": version})
        regions = tuple(region if each.name == region.name else each for each in self.base.regions)
        return self.base.model_copy(update={"regions": regions})

    def _new(self) -> RegionPlan:
        target = self._target
        return target.region(self.old.name).model_copy(
            update={
                "slot": "green",
                "model": target.model if target.model != self.base.model else None,
                "revision": target.spec_digest[:REVISION_LENGTH],
            }
        )


def _fixed(region: RegionPlan, state: Mapping[str, Any]) -> RegionPlan:
    count = state.get("replicas")
    if count is None:
        return region
    return region.model_copy(update={"min_replicas": count, "max_replicas": count})
