"""What a rollout tells while it runs. Plain data: shown, printed as JSON, and kept in its journal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from llmdeploy.serving.rollout.evidence import Verdict


@dataclass(frozen=True, slots=True)
class Moving:
    """A move begins: an ordinary update of the stack.

    Args:
        move: which one it is, from 1; a way back counts on.
        of: how many there will be when nothing goes wrong.
        lost: by region, replicas that are missing while it lasts, for want of spare GPUs.
    """

    move: int
    of: int
    what: str
    regions: tuple[str, ...]
    phase: str
    percent: int
    lost: dict[str, int]


@dataclass(frozen=True, slots=True)
class Moved:
    """It has ended. Seconds."""

    what: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Warm:
    """The new replicas of a region have answered."""

    region: str
    replicas: int
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Gate:
    """The quality gate of a region.

    Args:
        failures: the first answers that did not pass, in words.
    """

    region: str
    passed: int
    total: int
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watching:
    """A look at a step. Seconds since it began, and requests of either version."""

    region: str
    percent: int
    seconds: float
    bake: float
    stable: int
    canary: int
    failed: int
    explanation: str


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on a step in a region, with its evidence."""

    region: str
    percent: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Turned:
    """It goes back, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Over:
    """It has ended, or waits: no command is at work on it any more."""

    outcome: str


@dataclass(frozen=True, slots=True)
class Noted:
    """Something that a reader should know."""

    text: str


Event: TypeAlias = Moving | Moved | Warm | Gate | Watching | Judged | Turned | Noted | Over


def data(event: Event) -> dict[str, Any]:
    """The event as plain data."""
    told = (
        asdict(event)
        if not isinstance(event, Judged)
        else {
            "region": event.region,
            "percent": event.percent,
            "verdict": event.verdict.model_dump(mode="json", exclude_none=True),
        }
    )
    return {"event": type(event).__name__.lower(), **told}
