"""How long requests took: each one, or a histogram of them. Both answer the same questions."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Self

from pydantic import Field, NonNegativeInt, model_validator

from llmdeploy.serving.frozen import Frozen
from llmdeploy.serving.metrics.histogram import histogram_quantile


class Samples(Frozen):
    """Seconds of each request."""

    values: tuple[float, ...]

    @property
    def count(self) -> int:
        """Requests measured."""
        return len(self.values)

    @property
    def sum(self) -> float:
        """Seconds of all of them."""
        return math.fsum(self.values)

    def above(self, seconds: float) -> int:
        """Requests that took longer than `seconds`."""
        return sum(value > seconds for value in self.values)

    def quantile(self, share: float) -> float | None:
        """The seconds within which `share` of the requests ended; None where there is none."""
        return sorted(self.values)[max(0, math.ceil(share * self.count) - 1)] if self.values else None

    def edge(self, share: float) -> float | None:
        """The same: where a quantile lies is known."""
        return self.quantile(share)


class Buckets(Frozen):
    """A histogram: `counts[i]` requests took at most `bounds[i]` seconds and more than the bound before."""

    bounds: tuple[float, ...] = Field(min_length=1)
    """Seconds, rising, finite."""
    counts: tuple[NonNegativeInt, ...]
    """One more than there are bounds: the last is beyond them all."""
    sum: float
    """Seconds of all requests."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        rising = self.bounds == tuple(sorted(set(self.bounds)))
        if not rising or not math.isfinite(self.bounds[-1]) or len(self.counts) != len(self.bounds) + 1:
            raise ValueError("bounds must rise and be finite, with one count more than bounds")
        return self

    @classmethod
    def between(
        cls, before: Mapping[float, float], after: Mapping[float, float], sum_before: float, sum_after: float
    ) -> Self:
        """What came between two scrapes of a replica: cumulative counts by upper bound, infinity among them.

        A replica that restarted counts from 0 again, so that `after` is all there is.

        Raises:
            ValueError: `after` has no finite bound.
        """
        restarted = any(after.get(bound, 0) < count for bound, count in before.items())
        start, sum_start = ({}, 0.0) if restarted else (before, sum_before)
        bounds = sorted(after)
        cumulative = [round(after[bound] - start.get(bound, 0)) for bound in bounds]
        counts = [high - low for low, high in pairwise((0, *cumulative))]
        finite = tuple(bound for bound in bounds if bound < math.inf)
        return cls(bounds=finite, counts=tuple(counts), sum=sum_after - sum_start)

    @property
    def count(self) -> int:
        """Requests measured."""
        return sum(self.counts)

    def above(self, seconds: float) -> int:
        """Requests that certainly took longer than `seconds`: those of buckets that begin there or later."""
        return sum(self.counts[bisect_left(self.bounds, seconds) + 1 :])

    def quantile(self, share: float) -> float | None:
        """As Prometheus has it, interpolated in the bucket."""
        bounds = (*self.bounds, math.inf)
        return histogram_quantile(share, dict(zip(bounds, accumulate(self.counts), strict=True)))

    def edge(self, share: float) -> float | None:
        """The upper bound of the bucket that holds the quantile; None where that is infinite."""
        cumulative = list(accumulate(self.counts))
        bucket = bisect_right(cumulative, max(0, math.ceil(share * cumulative[-1]) - 1))
        return self.bounds[bucket] if bucket < len(self.bounds) else None


Latencies = Samples | Buckets


def merged(parts: Sequence[Latencies]) -> Latencies | None:
    """All of them together; None where there are none.

    Raises:
        ValueError: they are not of one kind, with the same bounds.
    """
    samples = [part for part in parts if isinstance(part, Samples)]
    buckets = [part for part in parts if isinstance(part, Buckets)]
    if (samples and buckets) or len({part.bounds for part in buckets}) > 1:
        raise ValueError("latencies of one version must be of one kind, with the same bounds")
    if buckets:
        counts = tuple(map(sum, zip(*(part.counts for part in buckets), strict=True)))
        return Buckets(bounds=buckets[0].bounds, counts=counts, sum=math.fsum(part.sum for part in buckets))
    return Samples(values=tuple(value for part in samples for value in part.values)) if samples else None
