"""One rollout under load: how it ended, and what clients saw of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from bench.rollout.clients import Seen, clients
from bench.rollout.world import Lines, World

SETTLE_S = 2.0
"""Load before a rollout begins and after it has ended."""
LONGEST_S = 900.0


@dataclass(frozen=True)
class Outcome:
    """What is measured. Seconds since the epoch where it says `at`.

    Args:
        back_s: from the first bad verdict to the start of the last request that the new version answered.
        exposed: the share of all requests, from its first one to that verdict, that the new version answered.
        watched_s: for how long.
    """

    code: int
    seconds: float
    events: list[dict[str, Any]]
    seen: Seen
    back_s: float | None
    exposed: float | None
    watched_s: float | None

    @property
    def ended(self) -> str:
        """`done`, `went back`, or what the command said."""
        last = self.events[-1] if self.events else {}
        return str(last.get("outcome") or last.get("error") or last)

    @property
    def judged(self) -> list[dict[str, Any]]:
        """The verdicts, in order."""
        return [event for event in self.events if event.get("event") == "judged"]

    @property
    def step(self) -> str:
        """Where it was turned back."""
        return next((str(e["reason"]) for e in self.events if e.get("event") == "turned"), "")


def rolled_out(world: World, slots: tuple[str, ...]) -> Outcome:
    """Roll the spec's version out while the clients ask.

    Args:
        slots: where the new version's replicas are.
    """
    with clients(world.outputs) as seen:
        time.sleep(SETTLE_S)
        begun = time.time()
        with world.begin("--yes") as process:
            lines = Lines(process)
            try:
                code = process.wait(LONGEST_S)
            finally:
                process.kill()
        lines.join(10)
        seconds = time.time() - begun
        time.sleep(SETTLE_S)
    told = world.journal()
    events = [*told, *[event for event in lines.events if event.get("event") == "result"]]
    return _measured(code, seconds, events, seen, slots)


def _measured(
    code: int, seconds: float, events: list[dict[str, Any]], seen: Seen, slots: tuple[str, ...]
) -> Outcome:
    verdict_at = next((e["at"] for e in events if e.get("event") == "turned"), None)
    hit = sorted(record.start + seen.zero for record in seen.of_canary(slots))
    back = exposed = watched = None
    if verdict_at is not None:
        back = max([start - verdict_at for start in hit if start > verdict_at], default=0.0)
        before = [start for start in hit if start <= verdict_at]
        if before:
            every = [r for r in seen.records if before[0] <= r.start + seen.zero <= verdict_at]
            exposed, watched = len(before) / len(every), verdict_at - before[0]
    return Outcome(code, seconds, events, seen, back, exposed, watched)
