"""Quantiles of a cumulative histogram, as Prometheus' `histogram_quantile` computes them."""

from __future__ import annotations

import math
from collections.abc import Mapping

from llmdeploy.serving.frozen import Frozen


class Histogram(Frozen):
    """How long something took, over all requests so far. Seconds; None where nothing was measured yet."""

    count: int
    sum: float
    p50: float | None
    p95: float | None

    @classmethod
    def of(cls, buckets: Mapping[float, float], total: float) -> Histogram:
        """From cumulative counts by upper bound; `total` is the sum of all observations."""
        return cls(
            count=round(buckets.get(math.inf, 0)),
            sum=total,
            p50=histogram_quantile(0.5, buckets),
            p95=histogram_quantile(0.95, buckets),
        )


def histogram_quantile(quantile: float, buckets: Mapping[float, float]) -> float | None:
    """The value below which the share `quantile` (0 to 1) of the observations lies, interpolated linearly.

    Observations above the last finite bound are taken to lie at that bound, and those of the first bucket
    between 0 and its bound, as Prometheus does (promql/quantile.go, bucketQuantile).

    Args:
        buckets: upper bound → number of observations at or below it; needs the bound infinity.

    Returns:
        None when nothing was observed, or there is no finite bound.
    """
    if not 0 <= quantile <= 1:
        raise ValueError(f"{quantile} is not between 0 and 1")
    bounds = sorted(buckets)
    total = buckets.get(math.inf, 0)
    if total <= 0 or len(bounds) < 2:
        return None
    rank = quantile * total
    index = next(i for i, bound in enumerate(bounds) if buckets[bound] >= rank)
    if bounds[index] == math.inf:
        return bounds[-2]
    lower, below = (bounds[index - 1], buckets[bounds[index - 1]]) if index else (0.0, 0.0)
    if index == 0 and bounds[0] <= 0:
        return bounds[0]
    inside = buckets[bounds[index]] - below
    if inside <= 0:
        return lower
    return lower + (bounds[index] - lower) * (rank - below) / inside
