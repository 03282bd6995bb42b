"""The wait for instances: every region at once, until each is up or surely is not."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from llmdeploy.infra.errors import ResourceFailure
from llmdeploy.infra.fleet.asking import Asking
from llmdeploy.infra.fleet.client import FleetClient, FleetClients, FleetLook
from llmdeploy.infra.fleet.judge import Waiting
from llmdeploy.infra.fleet.region import RegionFleet
from llmdeploy.infra.fleet.watched import Watched, startup_budget_s
from llmdeploy.serving.plan.model import Plan
from llmdeploy.stacks import names

Progress = Callable[[RegionFleet], None]
"""Told of a region whenever something of it has changed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often is asked. Seconds.

    Attributes:
        interval_s: between two questions about one region. AWS throttles a whole account's describing calls.
        unanswered_s: a region that has not answered for this long is given up.
        threads: questions under way at once.
    """

    interval_s: float = 10.0
    unanswered_s: float = 300.0
    threads: int = 16


DEFAULT_PACE: Final = Pace()


def watch_fleets(
    clients: FleetClients,
    plan: Plan,
    outputs: Mapping[str, Any],
    on_progress: Progress = lambda fleet: None,
    patience_s: float | None = None,
    failures: Sequence[ResourceFailure] = (),
    pace: Pace = DEFAULT_PACE,
) -> tuple[RegionFleet, ...]:
    """Wait until every region of the plan is up, or surely is not: its cloud said why it gives no instances,
    and half of the region's start-up budget went by without another. Nothing is changed.

    Ctrl-C ends the wait, and what is known by then is returned. No region's cloud can hold up another's.

    Args:
        outputs: the stack's, of which `regions` says where to look.
        on_progress: called in this thread.
        patience_s: seconds for all together; the longest start-up budget of the regions if absent.
        failures: what failed in the engine.

    Returns:
        One for each region, in the plan's order.
    """
    began = time.monotonic()
    watches = _watches(plan, outputs, failures, began, pace)
    patience = _patience_s(plan) if patience_s is None else patience_s
    waiting: Waiting = "late"
    try:
        _wait(watches, _Clients(clients), began + patience, on_progress, pace)
    except KeyboardInterrupt:
        waiting = "stopped"
    now = time.monotonic()
    return tuple(each.fleet("sure" if each.settled(now) else waiting, now) for each in watches)


def _watches(
    plan: Plan, outputs: Mapping[str, Any], failures: Sequence[ResourceFailure], now: float, pace: Pace
) -> list[Watched]:
    facts = outputs.get("regions") or {}
    return [
        Watched(
            plan,
            region,
            facts.get(region.name),
            [each for each in failures if _is_of(each, region.name)],
            now,
            pace.unanswered_s,
        )
        for region in plan.regions
    ]


def _is_of(failure: ResourceFailure, region: str) -> bool:
    """By the logical name, which begins with the region's."""
    return f"{failure.name}-".startswith(f"{names.region(region)}-")


def _patience_s(plan: Plan) -> float:
    return max(map(startup_budget_s, plan.regions))


def _wait(
    watches: Sequence[Watched], clients: _Clients, end: float, on_progress: Progress, pace: Pace
) -> None:
    told: dict[str, RegionFleet] = {}
    with Asking[Watched, FleetLook](min(pace.threads, len(watches))) as under_way:
        while (now := time.monotonic()) < end:
            open_ = [each for each in watches if not each.settled(now)]
            if not open_:
                return
            _ask_those_due(open_, clients, under_way, now)
            soonest = min(end, now + pace.interval_s, *(each.due for each in open_))
            answered = under_way.answer(soonest - now)
            if answered is None:
                continue
            watched, answer = answered
            now = time.monotonic()
            watched.take(answer, now)
            watched.due = now + pace.interval_s
            _tell(watched.fleet("sure" if watched.settled(now) else "on", now), told, on_progress)


def _ask_those_due(
    watches: Sequence[Watched], clients: _Clients, under_way: Asking[Watched, FleetLook], now: float
) -> None:
    for each in watches:
        if each.due <= now:
            each.due = math.inf
            under_way.ask(each, partial(clients.look, each))


def _tell(fleet: RegionFleet, told: dict[str, RegionFleet], on_progress: Progress) -> None:
    if told.get(fleet.region) != fleet:
        told[fleet.region] = fleet
        on_progress(fleet)


class _Clients:
    """Clients, each made once, at the first question, in the thread that asks it."""

    def __init__(self, makers: FleetClients) -> None:
        self._makers = makers
        self._made: dict[str, FleetClient] = {}
        self._locks = {provider: threading.Lock() for provider in makers}

    def look(self, watched: Watched) -> FleetLook:
        region = watched.region
        assert watched.facts is not None
        return self._client(region.provider).look(region.location, watched.facts)

    def _client(self, provider: str) -> FleetClient:
        with self._locks[provider]:
            if provider not in self._made:
                self._made[provider] = self._makers[provider]()
            return self._made[provider]
