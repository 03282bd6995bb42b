"""Stacks as they are kept, and clouds that answer what a test says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from llmdeploy.infra.fleet import FleetLook
from llmdeploy.infra.fleet.inventory import CloudClient, CloudClients, CloudInstance, Inventory
from llmdeploy.infra.status.overview.stack import StackState
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.packed import PackedPlan
from llmdeploy.serving.rollout.progress import Phase, Progress
from llmdeploy.serving.rollout.record import Record

HOUR_S = 3600.0
NOW = 1_795_996_800.0


def in_rollout(stable: Plan, target: Plan, phase: Phase, *, reason: str = "") -> dict[str, Any]:
    """What a stack's outputs are while the first region of `target` is rolled out."""
    progress = Progress(
        number=2,
        strategy="canary",
        groups=tuple((region.name,) for region in target.regions),
        steps=(25, 100),
        target=PackedPlan.of(target),
        phase=phase,
        reason=reason,
    )
    record = Record().brought(stable, {}).rolling(progress)
    status = "going back" if reason else "under way"
    told = {"revision": 2, "strategy": "canary", "regions": list(progress.regions), "phase": phase}
    return {
        "spec_digest": stable.spec_digest,
        "record": record.told(),
        "rollout": {**told, "percent": progress.percent, "status": status, "now": progress.describe()},
    }


def instance(name: str, state: str = "in service", hours: float = 1.0, **more: Any) -> CloudInstance:
    """One that was launched so many hours before `NOW`."""
    known: dict[str, Any] = {"zone": "us-east-1a", "type": "g6.xlarge", "purchase": "on-demand", **more}
    return CloudInstance(id=name, state=state, launched=NOW - hours * HOUR_S, **known)


def inventory(*names: str, wanted: int | None = None, load: float | None = None) -> Inventory:
    """Instances that serve."""
    return Inventory(len(names) if wanted is None else wanted, tuple(map(instance, names)), load)


@dataclass
class FakeCloud:
    """Both clients of a cloud. An exception is raised in the place of an answer.

    Args:
        looks: by location.
        found: by the group that the facts name.
    """

    looks: Mapping[str, FleetLook | Exception]
    found: Mapping[str, Inventory] = field(default_factory=dict)

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        answer = self.looks[location]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def inventory(self, location: str, facts: Mapping[str, Any], stack: str) -> Inventory:
        assert stack == "chat"
        return self.found[facts["groups"][0]]


def clients(aws: FakeCloud, gcp: FakeCloud | None = None) -> CloudClients:
    """Both clouds."""
    other = gcp or aws
    return {"aws": lambda: CloudClient(aws, aws), "gcp": lambda: CloudClient(other, other)}


def state(outputs: Mapping[str, Any] | None = None, **more: Any) -> StackState:
    """A stack with these outputs."""
    return StackState(outputs=outputs or {}, facts={}, **more)
