"""What needs no statistics: replicas that do not serve or do not answer, crashes, memory that keeps growing,
a queue that stays, the quality gate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from statistics import median
from typing import Literal

from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.evidence import Evidence, Finding
from llmdeploy.serving.rollout.window import Window

LEAST_LOOKS = 5
"""Slices before a replica that was missed at one look counts as lost."""
LEAST_ASKED = 3
"""Requests, none of which was answered in a whole bake, before a version counts as silent."""
USUALLY_UNANSWERED = 0.1
"""The share of stable's requests up to which it counts as answering. With it three of a healthy version's go
unanswered together once in a thousand bakes, at worst: 0.1³. Judgement.
"""
LEAST_FIGURES = 6
"""Slices with a figure: two in each third of the window. Fewer tell no course."""


def signs(stable: Window | None, canary: Window, criteria: Criteria) -> Iterator[Evidence]:
    """A row for each; quality only where there is a gate."""
    yield _availability(stable, canary, criteria.unavailable)
    yield _silence(stable, canary, criteria.bake)
    yield _restarts(stable, canary, criteria.restarts)
    yield _queue(stable, canary, criteria.queue)
    yield _memory(stable, canary, criteria.memory_growth)
    if criteria.min_pass is not None:
        yield _quality(stable, canary, criteria.min_pass)


def _availability(stable: Window | None, canary: Window, beyond: float) -> Evidence:
    """Requests go round a replica that hangs, so that nothing else may tell."""
    seen = canary.unavailable if len(canary.slices) >= LEAST_LOOKS else None
    before = stable.unavailable if stable else None
    return _row("unavailable", "share", before, seen, (before or 0.0) + beyond)


def _silence(stable: Window | None, canary: Window, bake: float) -> Evidence:
    """Clients wait for a version that hangs, so that it is given too few requests for any test to say so."""
    seen = _unanswered(canary) if canary.seconds >= bake else None
    before = _unanswered(stable) if stable else None
    silent = seen == 1 and (before or 0.0) <= USUALLY_UNANSWERED
    found = _row("unanswered", "share", before, seen, 1.0)
    return found.model_copy(update={"finding": "violated"}) if silent else found


def _unanswered(window: Window) -> float | None:
    return 1 - window.answered / window.asked if window.asked >= LEAST_ASKED else None


def _restarts(stable: Window | None, canary: Window, allowed: int) -> Evidence:
    """More than are let pass, and more than its replicas would have if they crashed as stable's do."""
    usual = math.ceil(stable.restarts * canary.replicas / stable.replicas) if stable else 0
    return _row(
        "restarts", "count", float(stable.restarts) if stable else None, canary.restarts, max(usual, allowed)
    )


def _queue(stable: Window | None, canary: Window, beyond: float) -> Evidence:
    """At each replica, half of the time: a burst comes and goes; a queue too much for a version stays."""
    before = _usual_queue(stable) if stable else None
    return _row("queue", "count", before, _usual_queue(canary), 2 * (before or 0.0) + beyond)


def _usual_queue(window: Window) -> float | None:
    figures = [piece.waiting for piece in window.slices if piece.waiting is not None]
    return median(figures) / window.replicas if len(figures) >= LEAST_FIGURES else None


def _memory(stable: Window | None, canary: Window, most: float) -> Evidence:
    return _row("memory growth", "share", _growth(stable) if stable else None, _growth(canary), most)


def _growth(window: Window) -> float | None:
    """From the middle third to the last: in the first a server still takes what it needs."""
    figures = [piece.gpu_memory for piece in window.slices if piece.gpu_memory is not None]
    third = len(figures) // 3
    if len(figures) < LEAST_FIGURES:
        return None
    return median(figures[-third:]) - median(figures[third:-third])


def _quality(stable: Window | None, canary: Window, least: float) -> Evidence:
    """As the spec says, to the prompt: the prompts are all that was asked for, not a sample of more."""
    share = _passed(canary)
    finding: Finding = "unknown" if share is None else "violated" if share < least else "holds"
    before = _passed(stable) if stable else None
    return Evidence(
        metric="quality",
        unit="share",
        finding=finding,
        stable=before,
        canary=share,
        difference=None if share is None or before is None else share - before,
        limit=least,
        needed=True,
        note="" if share is not None else "the prompts were not run yet",
    )


def _passed(window: Window) -> float | None:
    if window.evals_passed is None or window.evals_total is None:
        return None
    return window.evals_passed / window.evals_total


def _row(
    metric: str, unit: Literal["share", "count"], stable: float | None, canary: float | None, limit: float
) -> Evidence:
    return Evidence(
        metric=metric,
        unit=unit,
        finding="unknown" if canary is None else "violated" if canary > limit else "holds",
        stable=stable,
        canary=canary,
        difference=None if canary is None or stable is None else canary - stable,
        limit=limit,
        note="not measured often enough" if canary is None else "",
    )
