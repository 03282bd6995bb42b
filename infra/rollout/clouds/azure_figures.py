"""From Azure Monitor's figures of a minute to what the judge compares."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from llmdeploy.infra.rollout.clouds.aws_metrics import BOUNDS
from llmdeploy.infra.rollout.clouds.minutes import Minute

_SHARES: Final[Mapping[str, float]] = {
    "RequestLatency_P50": 0.5,
    "RequestLatency_P90": 0.9,
    "RequestLatency_P95": 0.95,
    "RequestLatency_P99": 0.99,
}
QUANTILES: Final = tuple(_SHARES)
"""Milliseconds, of whole answers; of all codes together."""


def minute(codes: Mapping[str, float], quantiles: Mapping[str, float]) -> Minute:
    """One minute.

    Args:
        codes: requests by the code that answered them; what is no number was answered by nobody.
        quantiles: by metric; all or none.
    """
    requests = {code: round(count) for code, count in codes.items()}
    failed = sum(count for code, count in requests.items() if code.isdigit() and int(code) >= 500)
    lost = sum(count for code, count in requests.items() if not code.isdigit() or int(code) == 0)
    total = sum(requests.values())
    ends = _ends(quantiles)
    return Minute(
        answered=total - failed - lost,
        failed=failed,
        lost=lost,
        buckets=_buckets(ends, total) if ends else {},
        seconds=_mean(ends) * total,
    )


def _ends(quantiles: Mapping[str, float]) -> list[tuple[float, float]]:
    """Share of the requests, and the seconds that those took at most; nothing where one is missing."""
    if any(metric not in quantiles for metric in QUANTILES):
        return []
    rising, ends = 0.0, [(0.0, 0.0)]
    for metric, share in _SHARES.items():
        rising = max(rising, quantiles[metric] / 1000)
        ends.append((share, rising))
    # Of the slowest hundredth nothing is told: as slow as the fastest of them.
    return [*ends, (1.0, rising)]


def _mean(ends: Sequence[tuple[float, float]]) -> float:
    """Seconds; between two quantiles as if evenly spread."""
    return sum((high - low) * (slow + fast) / 2 for (low, fast), (high, slow) in pairwise(ends))


def _buckets(ends: Sequence[tuple[float, float]], total: int) -> dict[float, float]:
    """How many took at most so long and more than the bound before, likewise."""
    bounds = (*BOUNDS, math.inf)
    within = [0.0, *(_share_within(ends, bound) * total for bound in bounds)]
    return {bound: high - low for bound, (low, high) in zip(bounds, pairwise(within), strict=True)}


def _share_within(ends: Sequence[tuple[float, float]], bound: float) -> float:
    for (low, fast), (high, slow) in pairwise(ends):
        if bound < slow:
            return low + (high - low) * max(0.0, bound - fast) / (slow - fast)
    return 1.0
