"""Looks at both versions of a region in a cloud, a minute at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.preflight.clouds.errors import NoAnswer, Rejected
from llmdeploy.infra.rollout.clouds.minutes import MINUTE_S, Minute, Monitoring, counts_of, durations_of
from llmdeploy.infra.rollout.look import Arms, Look, ReplicaLook
from llmdeploy.infra.status.envoy_view import HostCounts
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.plan.model import RegionPlan

if TYPE_CHECKING:
    from llmdeploy.infra.fleet.client import FleetLook
    from llmdeploy.infra.rollout.clouds.clients import CloudClients

BEFORE_S: Final = 600
"""How far back a version is looked at that is still alone: the clouds know that already."""
LATEST_S: Final = 300
"""After its end: a minute that a cloud has not told about by then had no requests."""
PATIENCE: Final = 20
"""Looks in a row that may fail: five minutes of a ten-minute bake (`bake.LATEST_S` apart)."""
AGAIN_S: Final = 5.0
"""Before the first look of a step is tried again."""
FIRST_TRIES: Final = 3


def look_in_cloud(
    clients: CloudClients,
    region: RegionPlan,
    arms: Arms,
    facts: Mapping[str, Any],
    now: Callable[[], float] = time.time,
    sleep: Callable[[float], None] = time.sleep,
) -> Callable[[], Look]:
    """Looks from now on; while the version on trial has no traffic, from ten minutes ago on.

    Args:
        region: as the stack has it.
        facts: the stack's, about the region.

    Raises:
        ExtraMissing: the cloud's client library is not installed.
        NoCredentials: there are none.
    """
    fleet = clients.fleets[region.provider]()
    health = partial(fleet.look, region.location, facts)
    if clients.monitoring is None:
        return lambda: _at(now(), arms, health(), ((), ()))
    monitoring = clients.monitoring[region.provider]()
    return CloudLooks(monitoring, health, region, arms, facts, now, sleep)


class CloudLooks:
    """See `look_in_cloud`. Each look is one minute later than the one before, so that slices are minutes also
    where a cloud tells several at once; while there is no news the last look comes again.

    What was counted is laid to the first replica of its version, as nobody tells the replicas apart.
    """

    def __init__(
        self,
        monitoring: Monitoring,
        health: Callable[[], FleetLook],
        region: RegionPlan,
        arms: Arms,
        facts: Mapping[str, Any],
        now: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._monitoring, self._health, self._arms = monitoring, health, arms
        self._location, self._now, self._sleep = region.location, now, sleep
        self._versions = _versions(facts)
        self._begun = self._reached = _beginning(region, now())
        self._minutes: tuple[dict[int, Minute], ...] = tuple({} for _ in self._versions)
        self._last: Look | None = None
        self._failed = 0

    def __call__(self) -> Look:
        """The next look.

        Raises:
            LlmdeployError: the cloud has not answered for long, or will not.
        """
        if self._last is None:
            self._last = _at(self._begun, self._arms, self._first_health(), ((), ()))
        elif (end := self._whole_minute(self._monitoring.soonest_s)) > self._reached:
            try:
                self._last = self._next(end) or self._last
                self._failed = 0
            except NoAnswer as error:
                self._bear(error)
        return self._last

    def _first_health(self) -> FleetLook:
        for _ in range(FIRST_TRIES - 1):
            try:
                return self._health()
            except Rejected:
                raise
            except NoAnswer:
                self._sleep(AGAIN_S)
        return self._health()

    def _next(self, end: int) -> Look | None:
        """One minute further; None: nothing was told about it."""
        told = self._monitoring.tell(self._location, self._versions, self._begun, end)
        for known, version in zip(self._minutes, told, strict=True):
            for begin, minute in version.minutes.items():
                known[begin] = minute.at_least(known.get(begin, Minute()))
        silent = self._whole_minute(LATEST_S)
        reached = min(max(version.until or 0, silent) for version in told)
        if reached <= self._reached:
            return None
        health = self._health()
        self._reached += MINUTE_S
        so_far = [
            [minute for begin, minute in sorted(known.items()) if begin < self._reached]
            for known in self._minutes
        ]
        stable, *canary = so_far
        return _at(self._reached, self._arms, health, (stable, canary[0] if canary else ()))

    def _bear(self, error: NoAnswer) -> None:
        self._failed += 1
        if isinstance(error, Rejected):
            raise error
        if self._failed >= PATIENCE:
            raise LlmdeployError(
                f"{self._arms.region} cannot be watched, its traffic stays as it is: {error.problem}",
                error.mend,
            ) from error

    def _whole_minute(self, ago_s: int) -> int:
        return int(self._now() - ago_s) // MINUTE_S * MINUTE_S


def _beginning(region: RegionPlan, now: float) -> int:
    """The first whole minute after now. Before the version on trial has traffic: some minutes ago."""
    beside, minute = region.beside, int(now) // MINUTE_S * MINUTE_S
    idle = beside is not None and beside.percent == 0
    return minute - BEFORE_S if idle else minute + MINUTE_S


def _versions(facts: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The facts of the own version, and of the one beside it."""
    beside = facts.get("beside")
    return [facts, {**facts, **beside}] if beside else [facts]


def _at(at: float, arms: Arms, health: FleetLook, minutes: tuple[Sequence[Minute], Sequence[Minute]]) -> Look:
    beside = health.beside.healthy if health.beside is not None else 0
    return Look(at, _seen(arms.stable, health.healthy, minutes[0]), _seen(arms.canary, beside, minutes[1]))


def _seen(names: Sequence[str], healthy: int, minutes: Sequence[Minute]) -> dict[str, ReplicaLook]:
    found = {name: ReplicaLook(HostCounts(), serving=index < healthy) for index, name in enumerate(names)}
    if names:
        found[names[0]] = ReplicaLook(counts_of(minutes), durations_of(minutes), serving=healthy > 0)
    return found
