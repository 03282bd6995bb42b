"""A step under watch: looks, until the judge has a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from llmdeploy.infra.rollout.events import Event, Judged, Watching
from llmdeploy.infra.rollout.look import Look
from llmdeploy.infra.rollout.watch import Watch
from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.judge import judge
from llmdeploy.serving.rollout.progress import Progress
from llmdeploy.serving.rollout.usual import Usual, held_to, usual_of
from llmdeploy.serving.rollout.window import Window

Looks: TypeAlias = Callable[[], Look]
LOOKS_A_BAKE = 20
"""As many as the judge has blocks (serving.rollout.window.BLOCKS)."""
SOONEST_S, LATEST_S = 1.0, 15.0
"""Between two looks: a replica's figures change no faster, and a crash must not wait."""
USUAL_LOOKS = 6
"""Looks at the old version alone, before the new one gets traffic: what that is held to once it has all."""
WHOLE = 100


class Bake:
    """The steps of a rollout, judged by the same criteria."""

    def __init__(self, criteria: Criteria, tell: Callable[[Event], None]) -> None:
        self._criteria, self._tell = criteria, tell
        self._usual: dict[str, Usual] = {}

    @property
    def look_s(self) -> float:
        """Seconds between two looks."""
        return min(LATEST_S, max(SOONEST_S, self._criteria.bake / LOOKS_A_BAKE))

    def usual(self, looks: Mapping[str, Looks], wait: Callable[[float], None]) -> None:
        """See how the old version does alone."""
        watches = {region: Watch(look) for region, look in looks.items()}
        for _ in range(USUAL_LOOKS):
            wait(self.look_s)
            for watch in watches.values():
                watch.look()
        self._remember({region: watch.stable() for region, watch in watches.items()})

    def step(
        self,
        looks: Mapping[str, Looks],
        progress: Progress,
        *,
        looks_of_all: int,
        gates: Mapping[str, tuple[int, int]],
        wait: Callable[[float], None],
    ) -> Judged | None:
        """Watch until every region has passed; the first verdict against it otherwise.

        Args:
            looks_of_all: steps in all regions together: the judge's chance of error is spread over them.
        """
        watches = {region: Watch(look) for region, look in looks.items()}
        most = looks_of_all * (int(self._criteria.max_bake / self.look_s) + 1)
        alone = progress.percent == WHOLE and not progress.copies
        while watches:
            wait(self.look_s)
            for region, watch in list(watches.items()):
                watch.look()
                judged = self._judged(region, watch, progress, most, gates.get(region), alone)
                if judged is None or judged.verdict.decision == "wait":
                    continue
                self._tell(judged)
                if judged.verdict.decision == "fail":
                    return judged
                if not alone:
                    self._remember({region: watch.stable()})
                del watches[region]
        return None

    def _judged(
        self,
        region: str,
        watch: Watch,
        progress: Progress,
        looks: int,
        gate: tuple[int, int] | None,
        alone: bool,
    ) -> Judged | None:
        canary, stable = watch.canary(gate), watch.stable()
        if canary is None:
            return None
        criteria = self._criteria
        if alone or stable is None:
            stable, criteria = None, held_to(criteria, self._usual.get(region))
        verdict = judge(stable, canary, criteria, looks)
        whole = canary.whole
        self._tell(
            Watching(
                region,
                progress.percent,
                canary.seconds,
                criteria.bake,
                stable.whole.requests if stable else 0,
                whole.requests,
                whole.failed,
                verdict.explanation,
            )
        )
        return Judged(region, progress.percent, verdict)

    def _remember(self, windows: Mapping[str, Window | None]) -> None:
        for region, window in windows.items():
            if window is not None and (found := usual_of(window)) is not None:
                self._usual[region] = found
