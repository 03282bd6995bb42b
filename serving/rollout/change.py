"""What of a change reaches the replicas: that is rolled out, all else is an ordinary update."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from llmdeploy.serving.plan.model import Plan, RegionPlan

LOADED_WHILE_RUNNING: Final[dict[str, Any]] = {
    "adapters": {"sources"},
    "launch": {"runtime_adapters": {"sources"}, "adapter_models": True},
}
"""What of a server says which adapters it has: replicas are told of others while they run."""


def changed_regions(before: Plan, after: Plan) -> tuple[str, ...]:
    """The regions of both plans whose replicas would be others, in the order of the plan after."""
    return tuple(
        region.name
        for region in after.regions
        if (old := _region(before, region.name)) is not None and served(before, old) != served(after, region)
    )


def served(plan: Plan, region: RegionPlan) -> dict[str, Any]:
    """All that makes the replicas of a region what they are, as plain data."""
    changing = region.server.adapters is not None
    model, server = plan.model_in(region), region.server
    return {
        "model": model.model_dump(mode="json", exclude={"adapters"} if changing else None),
        "server": server.model_dump(mode="json", exclude=LOADED_WHILE_RUNNING if changing else None),
        "hardware": region.hardware.unpriced() if region.hardware else None,
        "managed": region.managed.model_dump(mode="json", exclude={"limits"}) if region.managed else None,
        "startup": region.startup.model_dump(mode="json") if region.startup else None,
    }


def obstacles(before: Plan, after: Plan) -> Iterator[tuple[str, str]]:
    """Why two versions cannot stand side by side, each with its mend."""
    if before.model.served_name != after.model.served_name:
        yield (
            f"clients ask for {before.model.served_name}: {after.model.served_name} would not answer to that",
            f"keep model.served_name: {before.model.served_name}, or let `llmdeploy up` change all at once",
        )
    paths = {plan.gateway.health.path for plan in (before, after)}
    if len(paths) > 1:
        yield (
            f"the versions answer health checks on different pages ({', '.join(sorted(paths))})",
            "let `llmdeploy up` change all at once",
        )


def _region(plan: Plan, name: str) -> RegionPlan | None:
    return next((region for region in plan.regions if region.name == name), None)
