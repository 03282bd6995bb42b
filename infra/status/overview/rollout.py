"""A rollout that is under way, as its stack tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RolloutStatus:
    """Where it is. What the stack does not say is empty.

    Args:
        revision: the number that it leads to.
        regions: those that are being changed.
        percent: of their requests, what the new version gets.
        status: `under way`, `paused`, `going back`.
        now: in one line, what is being done.
    """

    revision: int | None
    strategy: str
    regions: tuple[str, ...]
    phase: str
    percent: int | None
    status: str
    now: str

    def __str__(self) -> str:
        name = " ".join(filter(None, (self.strategy, "rollout")))
        to = f" to revision {self.revision}" if self.revision is not None else ""
        return f"{name}{to} {self.status}: {self.now}"


def rollout_in(outputs: Mapping[str, Any]) -> RolloutStatus | None:
    """The one that the outputs tell of (`stacks.record.export_record`)."""
    told = outputs.get("rollout")
    if not isinstance(told, Mapping):
        return None
    regions = tuple(map(str, told.get("regions") or ()))
    percent = told.get("percent")
    share = "" if percent is None else f"{percent} % of the requests"
    return RolloutStatus(
        revision=told.get("revision"),
        strategy=str(told.get("strategy") or ""),
        regions=regions,
        phase=str(told.get("phase") or ""),
        percent=percent,
        status=str(told.get("status") or "under way"),
        now=str(told.get("now") or ": ".join(filter(None, (", ".join(regions), share)))),
    )
