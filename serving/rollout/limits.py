"""Limits on the canary alone: passed when even the lower confidence bound lies beyond them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from llmdeploy.serving.rollout.arms import independent_failures, independent_slow
from llmdeploy.serving.rollout.criteria import LEAST, Criteria
from llmdeploy.serving.rollout.evidence import Evidence
from llmdeploy.serving.rollout.hits import Hits, failures, slower_than, total
from llmdeploy.serving.rollout.window import Timing, Window

MAY_BE_SLOWER = 0.05
"""The share of requests that a 95th percentile leaves beyond itself."""


def limits(stable: Window | None, canary: Window, criteria: Criteria, alpha: float) -> Iterator[Evidence]:
    """A row for each limit that is set. A timing's row is the share of requests beyond it."""
    spread = stable.replicas / canary.replicas if stable else 1.0
    if (share := criteria.error_rate) is not None:
        hits, usual = failures(canary), failures(stable) if stable else None
        counts = independent_failures(usual or hits, hits, spread)
        yield _row("error_rate", hits, usual, counts, share, alpha)
    asked: tuple[tuple[Timing, float | None], ...]
    asked = (("ttft", criteria.ttft_p95), ("tpot", criteria.tpot_p95))
    for timing, seconds in asked:
        if seconds is not None:
            hits = slower_than(seconds, canary, timing)
            usual = slower_than(seconds, stable, timing) if stable else None
            slow = independent_slow(usual or hits, hits, spread, alpha)
            yield _row(f"{timing} beyond {seconds:g} s", hits, usual, slow, MAY_BE_SLOWER, alpha)


def count_of_limits(criteria: Criteria) -> int:
    """How many rows there will be."""
    return sum(limit is not None for limit in (criteria.error_rate, criteria.ttft_p95, criteria.tpot_p95))


def _row(
    metric: str,
    canary: Sequence[Hits],
    stable: Sequence[Hits] | None,
    independent: tuple[Hits, Hits] | None,
    limit: float,
    alpha: float,
) -> Evidence:
    """Clopper and Pearson's bound, of the canary's counts as if they were independent."""
    from scipy.stats import binomtest

    measured = total(canary).of
    if independent is None or measured < LEAST:
        why = "too few slices" if measured >= LEAST else "too few requests measured"
        return Evidence(metric=metric, unit="share", finding="unknown", limit=limit, needed=True, note=why)
    hits, of = independent[1]
    test = binomtest(hits, max(1, of), limit, alternative="greater")
    bound = float(test.proportion_ci(confidence_level=1 - alpha, method="exact").low)
    share, before = _share(canary) or 0.0, _share(stable or ())
    return Evidence(
        metric=metric,
        unit="share",
        finding="violated" if bound > limit else "holds",
        stable=before,
        canary=share,
        difference=None if before is None else share - before,
        limit=limit,
        test="exact binomial bound",
        p=float(test.pvalue),
        alpha=alpha,
        bound=bound,
    )


def _share(blocks: Sequence[Hits]) -> float | None:
    hits, of = total(blocks)
    return hits / of if of else None
