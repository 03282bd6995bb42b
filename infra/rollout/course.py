"""The course of a rollout: move after move, each judged before the next, and the way back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from llmdeploy.infra.rollout.bake import Bake, Looks
from llmdeploy.infra.rollout.events import Event, Gate, Moved, Moving, Noted, Turned, Warm
from llmdeploy.infra.rollout.wish import Wish
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.evidence import Evidence
from llmdeploy.serving.rollout.fleet_size import room
from llmdeploy.serving.rollout.moves import following, moves, turned_back
from llmdeploy.serving.rollout.progress import Ended, Progress


class Stage(Protocol):
    """The deployment that a rollout works on."""

    def declare(self, progress: Progress) -> None:
        """Bring the stack to what the progress says. Raises LlmdeployError."""

    def finish(self, ended: Ended) -> None:
        """Bring it to the target where all went well, else to what it was. Raises LlmdeployError."""

    def warm(self, region: str) -> Warm | None:
        """Have the new replicas of a region answer; None: nobody can be asked.

        Raises LlmdeployError: one does not.
        """

    def evaluate(self, region: str) -> Gate | None:
        """Ask the new version the prompts of the quality gate; None: there is none."""

    def looks(self, region: str) -> Looks:
        """How both versions of a region are looked at, from now on."""

    def require_others(self, progress: Progress) -> None:
        """Raise LlmdeployError where the move takes a region's last replica and no other region serves."""

    def has_traffic(self, region: str) -> bool:
        """Whether clients' requests come to the region while the others are well."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """All that a rollout goes by.

    Args:
        wish: says what another command wants.
        sleep: waits for so many seconds.
    """

    stage: Stage
    stable: Plan
    target: Plan
    criteria: Criteria
    tell: Callable[[Event], None]
    wish: Callable[[], Wish | None]
    sleep: Callable[[float], None] = time.sleep


HEED_EVERY_S = 0.25
"""How long a wish may wait while a step is watched."""


class _Paused(Exception):
    """Another command wants it to wait."""


class _Bad(Exception):
    """The new version is not good enough."""

    def __init__(self, reason: str, grounds: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.reason, self.grounds = reason, grounds


def run(rollout: Rollout, progress: Progress) -> Ended | Progress:
    """Go on from a move to the end.

    Returns:
        How it ended; the progress at which it waits, where it was paused.

    Raises:
        LlmdeployError: an update of the stack failed; `--resume` and `--abort` go on from there.
    """
    course = _Course(rollout)
    grounds: tuple[str, ...] = ()
    at: Progress | None = progress
    while at is not None:
        progress = at
        try:
            course.make(progress)
            at = following(progress, rollout.stable, rollout.target)
        except _Bad as bad:
            grounds = grounds or bad.grounds
            rollout.tell(Turned(bad.reason))
            at = turned_back(progress, bad.reason, rollout.stable, rollout.target)
        except _Paused:
            waiting = progress.model_copy(update={"paused": True})
            rollout.stage.declare(waiting)
            return waiting
    ended = Ended(
        number=progress.number,
        begun=progress.begun,
        outcome="went back" if progress.reason else "done",
        reason=progress.reason,
        grounds=grounds,
    )
    course.told(
        "the spec as a whole" if ended.outcome == "done" else "as it was", lambda: rollout.stage.finish(ended)
    )
    return ended


class _Course:
    """The moves of one run, counted."""

    def __init__(self, rollout: Rollout) -> None:
        self._rollout = rollout
        self._made = 0
        self._bake = Bake(rollout.criteria, rollout.tell)
        self._gates: dict[str, tuple[int, int]] = {}

    def make(self, progress: Progress) -> None:
        """One move, and whatever must hold after it."""
        self._declare(progress)
        if progress.phase in ("prepare", "grow"):
            self._warm(progress)
        if not progress.judged:
            return
        if progress.phase == "prepare":
            self._prepare(progress)
        elif progress.phase == "shift":
            self._watch(progress)

    def told(self, what: str, action: Callable[[], None]) -> None:
        """Do it, and tell how long it took."""
        begun = time.monotonic()
        action()
        self._rollout.tell(Moved(what, time.monotonic() - begun))

    def _declare(self, progress: Progress) -> None:
        rollout = self._rollout
        self._made += 1
        ahead = len(list(moves(progress, rollout.stable, rollout.target)))
        lost = room(progress, rollout.stable, rollout.target) if progress.phase == "drain" else {}
        what = progress.describe()
        rollout.tell(
            Moving(
                self._made,
                self._made + ahead,
                what,
                progress.regions,
                progress.phase,
                progress.percent,
                {region: count for region, count in lost.items() if count},
            )
        )
        if progress.phase == "drain":
            rollout.stage.require_others(progress)
        try:
            self.told(what, lambda: rollout.stage.declare(progress))
        except LlmdeployError as error:
            if not progress.judged or progress.phase not in ("prepare", "grow"):
                raise
            # A version that does not even start is a bad one.
            raise _Bad(f"the new version does not come up: {error.problem}") from error

    def _warm(self, progress: Progress) -> None:
        for region in progress.regions:
            try:
                warm = self._rollout.stage.warm(region)
            except LlmdeployError as error:
                if not progress.judged:
                    raise
                raise _Bad(f"{region}: {error.problem}") from error
            if warm is not None:
                self._rollout.tell(warm)

    def _prepare(self, progress: Progress) -> None:
        """Before the first request of a client's: the quality gate, and a look at what is usual."""
        stage = self._rollout.stage
        for region in progress.regions:
            self._pass_gate(region)
        self._bake.usual({region: stage.looks(region) for region in progress.regions}, self._wait)

    def _pass_gate(self, region: str) -> None:
        gate = self._rollout.stage.evaluate(region)
        if gate is None:
            return
        self._rollout.tell(gate)
        self._gates[region] = (gate.passed, gate.total)
        least = self._rollout.criteria.min_pass
        if least is not None and gate.passed < least * gate.total:
            raise _Bad(
                f"{region}: {gate.passed} of {gate.total} prompts passed, {least:.0%} are asked for",
                gate.failures,
            )

    def _watch(self, progress: Progress) -> None:
        stage = self._rollout.stage
        for region in progress.regions:
            if self._rollout.criteria.min_pass is not None and region not in self._gates:
                self._pass_gate(region)  # After a pause, or of a command that was killed.
        watched = [region for region in progress.regions if stage.has_traffic(region)]
        for region in progress.regions:
            if region not in watched:
                self._rollout.tell(Noted(f"{region} gets no requests while the others are well: not judged"))
        groups, steps = len(progress.groups), len(progress.steps)
        failed = self._bake.step(
            {region: stage.looks(region) for region in watched},
            progress,
            looks_of_all=groups * steps,
            gates=self._gates,
            wait=self._wait,
        )
        if failed is not None:
            raise _Bad(
                f"{failed.region} at {progress.percent} %: {failed.verdict.explanation}",
                tuple(map(_ground, failed.verdict.violated)),
            )

    def _wait(self, seconds: float) -> None:
        """Until the next look; a wish is heard meanwhile."""
        self._heed()
        while seconds > 0:
            nap = min(HEED_EVERY_S, seconds)
            self._rollout.sleep(nap)
            self._heed()
            seconds -= nap

    def _heed(self) -> None:
        match self._rollout.wish():
            case "pause":
                raise _Paused
            case "abort":
                raise _Bad("it was asked for")
            case None:
                return


def _ground(row: Evidence) -> str:
    return f"{row.metric}: {_figure(row.canary)} with the new version, {_figure(row.stable)} with the old"


def _figure(value: float | None) -> str:
    return "nothing measured" if value is None else f"{value:.3g}"
