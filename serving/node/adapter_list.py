"""The object in a region's bucket that says which adapters its replicas have; nodes poll it."""

from __future__ import annotations

from llmdeploy.serving.node.files import model_words
from llmdeploy.serving.node.models import NodeModel
from llmdeploy.serving.node.places import COMPLETE, adapter_prefix
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot


def adapter_lists(plan: Plan, region: RegionPlan) -> dict[Slot, tuple[str, str]]:
    """By slot: the key and the text of the list; for the versions whose adapters come and go."""
    return {
        fleet.slot: (f"{adapter_prefix(fleet.slot)}/{COMPLETE}", adapter_list(plan, fleet))
        for fleet in region.fleets
        if fleet.server.adapters is not None
    }


def adapter_list(plan: Plan, fleet: RegionPlan) -> str:
    """A line for each: its name, its source as the server sees it, and where the node finds it."""
    adapters = fleet.server.adapters
    seen = adapters.sources if adapters else {}
    return "".join(
        f"{one.name} {seen[one.name]} {model_words(NodeModel(one.source))}\n"
        for one in plan.model_in(fleet).adapters
        if one.name in seen
    )
