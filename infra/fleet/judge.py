"""From what was seen of a region to what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from llmdeploy.infra.errors import ResourceFailure
from llmdeploy.infra.fleet.awaited import Awaited, awaited, canary_of
from llmdeploy.infra.fleet.client import FleetLook
from llmdeploy.infra.fleet.mend import mend
from llmdeploy.infra.fleet.region import FleetState, RegionFleet, VersionFleet
from llmdeploy.infra.preflight.needs.need import gateways_wanted
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.plan.model import Plan, RegionPlan

Waiting = Literal["on", "sure", "late", "stopped"]
"""Whether the wait goes on, or how it ended: the cloud has said why it gives no more; its time was up; the
user stopped it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of a region.

    Attributes:
        facts: the stack's outputs about it; None: the engine left none.
        failures: its resources that failed in the engine.
        look: what was seen last.
        error: why it cannot be seen.
        waited_s: seconds.
    """

    plan: Plan
    region: RegionPlan
    facts: Mapping[str, Any] | None
    failures: Sequence[ResourceFailure] = ()
    look: FleetLook | None = None
    error: LlmdeployError | None = None
    waited_s: float = 0.0


def judge(known: Evidence, waiting: Waiting) -> RegionFleet:
    """What came of the region."""
    if known.failures and not (known.look and complete(known.region, known.look)):
        return _region(known, "failed", *_failure_words(known.failures))
    if known.facts is None:
        return _region(
            known, "failed", "the engine has not made it", "run `llmdeploy up` again: it goes on from here"
        )
    if known.error is not None:
        state: FleetState = "starting" if waiting == "on" else "unknown"
        return _region(known, state, known.error.problem, known.error.mend)
    if known.look is None:
        return _region(known, "starting" if waiting == "on" else "unknown", *_unseen(waiting))
    if complete(known.region, known.look):
        return _region(known, "up", *_failure_words(known.failures))
    return _incomplete(known, known.look, waiting)


def complete(region: RegionPlan, look: FleetLook) -> bool:
    """Whether there is all that was wanted."""
    gateways = look.gateways_healthy
    return not any(version.lacking for version in awaited(region, look)) and (
        gateways is None or gateways >= gateways_wanted(region)
    )


def _incomplete(known: Evidence, look: FleetLook, waiting: Waiting) -> RegionFleet:
    state, versions = _state(look, waiting), tuple(awaited(known.region, look, known.facts))
    for version in versions:
        if (refused := version.refused) is not None:
            why = f"{version.called}{refused}"
            return _region(known, state, why, *mend(known.plan, version.wanted, refused, version.facts))
    trouble = next((f"{each.called}{each.look.trouble}" for each in versions if each.look.trouble), "")
    if waiting == "on":
        return _region(known, state, trouble)
    return _region(
        known, state, trouble or _missing(known, look, versions), "`llmdeploy status` tells how it goes on"
    )


def _state(look: FleetLook, waiting: Waiting) -> FleetState:
    if waiting in ("on", "stopped"):
        return "starting"
    return "short" if look.healthy and look.gateways_healthy != 0 else "down"


def _missing(known: Evidence, look: FleetLook, versions: Iterable[Awaited]) -> str:
    after = f"after {known.waited_s:.0f} s"
    for version in versions:
        wanted, seen = version.wanted.min_replicas, version.look
        if seen.launched < wanted:
            return f"{version.called}{seen.launched} of {wanted} instances launched {after}"
        if seen.healthy < wanted:
            return f"{version.called}{seen.healthy} of {wanted} replicas healthy {after}"
    return f"{look.gateways_healthy} of {gateways_wanted(known.region)} gateways healthy {after}"


def _unseen(waiting: Waiting) -> tuple[str, str]:
    if waiting == "on":
        return "", ""
    why = "it was not waited for" if waiting == "stopped" else "the cloud has not answered"
    return why, "`llmdeploy status` asks again"


def _failure_words(failures: Sequence[ResourceFailure]) -> tuple[str, str]:
    if not failures:
        return "", ""
    first, more = failures[0], len(failures) - 1
    others = f" (and {more} more)" if more else ""
    message = " ".join(first.message.split())
    return (
        f"{first.name} ({first.type}) failed: {message}{others}",
        "mend the cause and run `llmdeploy up` again: it goes on from here",
    )


def _region(
    known: Evidence, state: FleetState, why: str, what_to_do: str = "", command: str = ""
) -> RegionFleet:
    look = known.look
    return RegionFleet(
        region=known.region.name,
        state=state,
        wanted=known.region.min_replicas,
        launched=look.launched if look else None,
        healthy=look.healthy if look else None,
        gateways_wanted=gateways_wanted(known.region),
        gateways_healthy=look.gateways_healthy if look else None,
        why=why,
        mend=what_to_do,
        command=command,
        canary=_canary(known),
    )


def _canary(known: Evidence) -> VersionFleet | None:
    canary = canary_of(known.region)
    if canary is None:
        return None
    seen = known.look.beside if known.look else None
    return VersionFleet(
        revision=canary.revision,
        wanted=canary.region.min_replicas,
        launched=seen.launched if seen else None,
        healthy=seen.healthy if seen else None,
    )
