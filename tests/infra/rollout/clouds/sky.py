"""A region in a cloud whose monitoring says what a test tells it, on a clock that only the test moves."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.infra.fleet.world import AWS, make_plan

from llmdeploy.infra.fleet.client import FleetLook, VersionLook
from llmdeploy.infra.rollout.clouds import CloudClients, look_in_cloud
from llmdeploy.infra.rollout.clouds.minutes import MINUTE_S, Minute, Told
from llmdeploy.infra.rollout.look import Arms, Look
from llmdeploy.serving.plan.model import Plan, RegionPlan, VersionPlan

START = 1_795_000_050
"""Half past a minute."""
FIRST = 1_795_000_080
"""The first whole minute after it."""
STABLE, CANARY = ("us-east-1-0", "us-east-1-1"), ("us-east-1-green-0",)
FACTS = {"groups": ["fleet"], "target_group": "arn:blue", "beside": {"target_group": "arn:green"}}
_SPEC = f"""\
regions: [{AWS}]
hardware: {{gpu: l4}}
scaling: {{min: 2, max: 3}}
"""


def plan() -> Plan:
    """Of one region."""
    return make_plan(_SPEC)


def region(percent: int, *, beside: bool = True) -> RegionPlan:
    """A region with a canary of one replica in the green slot."""
    found = plan().regions[0]
    other = found.model_copy(update={"slot": "green", "min_replicas": 1, "max_replicas": 1})
    version = VersionPlan(role="canary", revision="6f6073b", percent=percent, region=other)
    return found.model_copy(update={"beside": version if beside else None})


def minute(requests: int, failed: int = 0, lost: int = 0, seconds: float = 0.2) -> Minute:
    """Requests that all took as long."""
    good = requests - failed - lost
    bounds = (0.1, 0.2, 0.3, 0.5, 1.0, math.inf)
    fitting = next(bound for bound in bounds if seconds <= bound)
    buckets = {bound: float(good if bound == fitting else 0) for bound in bounds}
    return Minute(good, failed, lost, buckets, good * seconds)


@dataclass
class Sky:
    """The cloud, and the clock.

    Args:
        stable: what its monitoring tells of a minute that has ended, by the minute's beginning.
        late_s: after its end a minute is told about.
        healthy: replicas of the own version, and of the other.
        troubles: raised by the next questions, one each.
    """

    stable: Callable[[int], Minute | None] = lambda begin: minute(100)
    canary: Callable[[int], Minute | None] = lambda begin: minute(50)
    late_s: int = 90
    soonest_s: int = 60
    healthy: tuple[int, int] = (2, 1)
    troubles: list[Exception] = field(default_factory=list)
    now: float = START
    asked: list[tuple[int, int]] = field(default_factory=list)
    slept: float = 0.0

    def tell(
        self, location: str, versions: Sequence[Mapping[str, Any]], start: int, end: int
    ) -> Sequence[Told]:
        assert location == "us-east-1"
        assert [each["target_group"] for each in versions] == ["arn:blue", "arn:green"][: len(versions)]
        self.asked.append((start, end))
        self._trouble()
        return [self._told(each, start, end) for each in (self.stable, self.canary)[: len(versions)]]

    def _told(self, version: Callable[[int], Minute | None], start: int, end: int) -> Told:
        known = range(start, min(end, int(self.now - self.late_s) // MINUTE_S * MINUTE_S), MINUTE_S)
        found = {begin: seen for begin in known if (seen := version(begin)) is not None}
        return Told(found, max(found) + MINUTE_S if found else None)

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        """See `fleet.client.FleetClient`."""
        assert (location, facts["groups"]) == ("us-east-1", ["fleet"])
        self._trouble()
        own, other = self.healthy
        return FleetLook(own, own, 2, beside=VersionLook(other, other) if "beside" in facts else None)

    def wait(self, seconds: float) -> None:
        """Move the clock."""
        self.now += seconds

    def looks(
        self, percent: int = 25, facts: Mapping[str, Any] = FACTS, *, counted: bool = True
    ) -> Callable[[], Look]:
        """Looks from now on. `counted`: whether there is any monitoring."""
        clients = CloudClients({"aws": lambda: self}, {"aws": lambda: self} if counted else None)
        beside = "beside" in facts
        return look_in_cloud(
            clients,
            region(percent, beside=beside),
            Arms(AWS, STABLE, CANARY if beside else ()),
            facts,
            lambda: self.now,
            self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds

    def _trouble(self) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
