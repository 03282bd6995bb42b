"""What a change of adapters takes: calls to running replicas, or a restart of them, and why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from llmdeploy.serving.review.summary import AdapterRoom, PlanSummary

LISTED = "replicas list them when they start"
NO_ROOM = "the running replicas have other room for adapters"


class AdapterChange(NamedTuple):
    """What changes, from what to what."""

    what: str
    before: str
    after: str
    restart: str
    """Why replicas are started anew for it; empty where they are told of it while they run."""

    def __str__(self) -> str:
        if self.restart:
            return (
                f"{self.what}: {self.before or 'none'} → {self.after or 'none'}: a restart, as {self.restart}"
            )
        return f"{self.what}: {self.after}"


def adapter_changes(before: PlanSummary | None, after: PlanSummary | None) -> Iterator[AdapterChange]:
    """Each adapter by itself where replicas can load it while they run, else all of them together."""
    if before is None or after is None:
        return
    old, new = before.adapter_room, after.adapter_room
    if old is None or new is None:
        if before.adapters != after.adapters or old != new:
            yield AdapterChange("adapters", _listed(before), _listed(after), LISTED)
        return
    if old != new:
        yield AdapterChange("room for adapters", _said(old), _said(new), NO_ROOM)
    yield from _one_by_one(_sources(before), _sources(after), "" if old == new else NO_ROOM)


def _one_by_one(old: dict[str, str], new: dict[str, str], restart: str) -> Iterator[AdapterChange]:
    for name in dict.fromkeys((*old, *new)):
        was, will = old.get(name, ""), new.get(name, "")
        if was == will:
            continue
        how = "" if restart else f"{'loaded' if will else 'unloaded'} at run time on every replica"
        after = ", ".join(part for part in (will, how) if part)
        yield AdapterChange(f"adapter {name}", was, after, restart)


def _listed(plan: PlanSummary) -> str:
    changing = "; they come and go while replicas run" if plan.adapter_room else ""
    return (", ".join(plan.adapters) or "none") + changing if plan.adapters or changing else ""


def _sources(plan: PlanSummary) -> dict[str, str]:
    split = (text.partition(" from ") for text in plan.adapters)
    return {name: source for name, _, source in split}


def _said(room: AdapterRoom) -> str:
    return f"{room.most} of rank up to {room.rank}"
