"""Canary against stable in the same window: a difference counts when it matters and is not chance."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from llmdeploy.serving.rollout.arms import independent_failures, independent_slow
from llmdeploy.serving.rollout.criteria import LEAST, Criteria
from llmdeploy.serving.rollout.dependence import LEAST_BLOCKS, persistence
from llmdeploy.serving.rollout.evidence import Evidence
from llmdeploy.serving.rollout.hits import Hits, failures, slower_than
from llmdeploy.serving.rollout.window import Timing, Window

TIMINGS: tuple[Timing, ...] = ("ttft", "tpot")
QUANTILES = (0.5, 0.95)
TESTS = 1 + len(TIMINGS) * (len(QUANTILES) + 1)
"""Failed requests; the quantiles and the mean of each timing."""
FISHER = "Fisher's exact test"
PAIRED = "t-test of ratios, block by block"


def compare(stable: Window, canary: Window, criteria: Criteria, alpha: float) -> Iterator[Evidence]:
    """A row for each of `TESTS`."""
    yield _failed(stable, canary, criteria, alpha)
    for timing in TIMINGS:
        for share in QUANTILES:
            yield _quantile(stable, canary, timing, share, criteria, alpha)
        yield _mean(stable, canary, timing, criteria, alpha)


def _failed(stable: Window, canary: Window, criteria: Criteria, alpha: float) -> Evidence:
    old, new = stable.whole, canary.whole
    if min(old.requests, new.requests) < LEAST:
        return _unknown("failed requests", "share", "too few requests")
    counts = independent_failures(failures(stable), failures(canary), _spread(stable, canary))
    p = _chance_of_more(*counts)
    before, after = old.failed / old.requests, new.failed / new.requests
    return _row("failed requests", "share", before, after, before + criteria.worse_errors, FISHER, p, alpha)


def _quantile(
    stable: Window, canary: Window, timing: Timing, share: float, criteria: Criteria, alpha: float
) -> Evidence:
    """Of versions that are alike, as large a share lies beyond stable's quantile. The median must be known.

    Where that quantile is one of the observations this is the exceedance test, and exact (docs/judge.md).
    """
    metric = f"{timing} p{share * 100:.0f}"
    needed = share == QUANTILES[0]
    old, new = stable.whole.latencies(timing), canary.whole.latencies(timing)
    if old is None and new is None:
        return _unknown(metric, "s", "not measured")
    if old is None or new is None or min(old.count, new.count) < LEAST:
        return _unknown(metric, "s", "too few requests measured", needed)
    edge, before, after = old.edge(share), old.quantile(share), new.quantile(share)
    if edge is None or before is None or after is None:
        return _unknown(metric, "s", "beyond the histogram's last bound", needed)
    slow = slower_than(edge, stable, timing), slower_than(edge, canary, timing)
    counts = independent_slow(*slow, _spread(stable, canary), alpha)
    if counts is None:
        return _unknown(metric, "s", "too few slices", needed)
    p = _chance_of_more(*counts)
    return _row(metric, "s", before, after, before * criteria.slower, FISHER, p, alpha)


def _spread(stable: Window, canary: Window) -> float:
    return stable.replicas / canary.replicas


def _chance_of_more(stable: Hits, canary: Hits) -> float:
    """Of at least as many hits as the canary's, were both alike."""
    from scipy.stats import fisher_exact

    table = [[canary.hits, canary.of - canary.hits], [stable.hits, stable.of - stable.hits]]
    return float(fisher_exact(table, alternative="greater").pvalue)


def _mean(stable: Window, canary: Window, timing: Timing, criteria: Criteria, alpha: float) -> Evidence:
    """Sees what a histogram's buckets are too wide for; a burst that meets both versions cancels out."""
    from scipy.stats import t as student

    pairs = list(_means(stable, canary, timing))
    if len(pairs) < LEAST_BLOCKS or min(_measured(each, timing) for each in (stable, canary)) < LEAST:
        return _unknown(f"{timing} mean", "s", "too few requests measured, or too few slices")
    ratios = [math.log(new / old) for old, new in pairs]
    middle = math.fsum(ratios) / len(ratios)
    deviation = math.sqrt(math.fsum((ratio - middle) ** 2 for ratio in ratios) / (len(ratios) - 1))
    # No deviation at all is what a made-up window has.
    error = max(deviation, 1e-9) * math.sqrt(persistence(ratios) / len(ratios))
    p = float(student.sf(middle / error, len(ratios) - 1))
    before = math.exp(math.fsum(math.log(old) for old, _ in pairs) / len(pairs))
    after = before * math.exp(middle)
    return _row(f"{timing} mean", "s", before, after, before * criteria.slower, PAIRED, p, alpha)


def _means(stable: Window, canary: Window, timing: Timing) -> Iterator[tuple[float, float]]:
    """Seconds of an average request of either version, in each block in which both were measured."""
    for before, after in zip(stable.blocks, canary.blocks, strict=True):
        old, new = before.latencies(timing), after.latencies(timing)
        if old and new and old.count and new.count and old.sum > 0 and new.sum > 0:
            yield old.sum / old.count, new.sum / new.count


def _measured(window: Window, timing: Timing) -> int:
    found = window.whole.latencies(timing)
    return found.count if found else 0


def _unknown(metric: str, unit: Literal["share", "s"], why: str, needed: bool = False) -> Evidence:
    return Evidence(metric=metric, unit=unit, finding="unknown", needed=needed, note=why)


def _row(
    metric: str,
    unit: Literal["share", "s"],
    stable: float,
    canary: float,
    limit: float,
    test: str,
    p: float,
    alpha: float,
) -> Evidence:
    return Evidence(
        metric=metric,
        unit=unit,
        finding="violated" if canary >= limit and canary > stable and p <= alpha else "holds",
        stable=stable,
        canary=canary,
        difference=canary - stable,
        limit=limit,
        test=test,
        p=p,
        alpha=alpha,
    )
