"""Whole rollouts through the made-up world: region by region, step by step, looked at while they bake."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from tests.serving.rollout.world import SLICE_S, Fault, Region, windows

from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.judge import judge
from llmdeploy.serving.rollout.window import Window

REGIONS, STEPS, BAKE_S, LOOK_EVERY_S = 3, (0.05, 0.25, 0.5, 1.0), 600, 120
LOOKS = REGIONS * len(STEPS) * (BAKE_S // LOOK_EVERY_S)


@dataclass(frozen=True)
class Course:
    """How one rollout went. Without an abort, `step`, `seconds` and `requests` mean nothing."""

    aborted: bool
    step: int = 0
    seconds: float = 0.0
    requests: int = 0
    """That reached the canary, in all steps until then."""
    grounds: tuple[str, ...] = ()


def rollout(chance: np.random.Generator, fault: Fault, criteria: Criteria) -> Course:
    """One rollout, to its end or to its abort."""
    met = 0
    for region in [Region.drawn(chance) for _ in range(REGIONS)]:
        for number, share in enumerate(STEPS, start=1):
            stable, canary = windows(chance, region, share, fault, BAKE_S)
            for seconds in range(LOOK_EVERY_S, BAKE_S + 1, LOOK_EVERY_S):
                seen = _until(canary, seconds)
                verdict = judge(_until(stable, seconds) if stable else None, seen, criteria, LOOKS)
                if verdict.decision == "fail":
                    grounds = tuple(row.metric for row in verdict.violated)
                    return Course(True, number, seconds, met + seen.whole.requests, grounds)
            met += canary.whole.requests
    return Course(False)


def _until(window: Window, seconds: int) -> Window:
    return window.model_copy(update={"slices": window.slices[: seconds // SLICE_S]})
