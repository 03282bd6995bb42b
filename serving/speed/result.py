"""What the estimate found. Times are seconds; figures are of one replica unless a name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Bound = Literal["load", "batch", "cache"]


@dataclass(frozen=True, slots=True)
class Range:
    """A figure that is only known to lie between two values."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Speed:
    """How one replica answers a workload.

    An open load above what the replica can take has endless queues: `overloaded`, and times that are
    infinite.
    """

    ttft_p50: float
    ttft_p95: float
    """Seconds from the request's arrival to its first token."""
    tpot_p50: float
    tpot_p95: float
    """Seconds per output token after the first."""
    output_tokens_per_second: float
    output_tokens_per_second_per_gpu: float
    requests_per_second: float
    """Answered; under an open load no more than what is asked."""
    running: float
    """Requests in a step, on average."""
    utilisation: float
    """Share of the most requests per second that the replica could answer; above 1 when overloaded."""
    bounded_by: Bound
    """What keeps more requests from running at once: the load, the batch limit, or the cache."""
    band: float
    """Throughput and time per output token may be up to this share higher or lower (0.25: from 1/1.25 to 1.25
    times). About nine of ten measured runs lie within."""
    ttft_band: float
    """The same for the time to first token."""
    measured: bool
    """True when the band comes from measurements of this framework on this kind of GPU."""
    source: str
    """Where the step times come from: `roofline`, or the package with kernel measurements and its version."""
    speculative_speedup: Range | None = None
    """How many times more tokens per second one stream gets; already applied to no figure above."""

    @property
    def overloaded(self) -> bool:
        """Whether more is asked than the replica can answer."""
        return self.utilisation > 1

    def range_of(self, figure: float) -> Range:
        """The band around a throughput or a time per output token."""
        return _around(figure, self.band)

    def ttft_range(self, figure: float) -> Range:
        """The band around a time to first token."""
        return _around(figure, self.ttft_band)


def _around(figure: float, share: float) -> Range:
    return Range(figure / (1 + share), figure * (1 + share))


@dataclass(frozen=True, slots=True)
class Target:
    """What must hold: 95 of 100 requests get their first token, and their tokens, within so many seconds."""

    ttft_p95: float | None = None
    tpot_p95: float | None = None
    requests_per_second: float | None = None
    """Over all replicas."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """The most that one replica answers while the target holds."""

    requests_per_second: float
    """0 when the target does not hold even on a replica that is nearly idle."""
    speed: Speed
    """At that load; nearly idle when it is 0."""
    limited_by: Literal["ttft_p95", "tpot_p95", "throughput"]
    """What stops it from taking more."""

    def replicas(self, requests_per_second: float) -> int | None:
        """Replicas for a load; None when no number of them meets the target."""
        if not self.requests_per_second:
            return None
        return max(1, -int(-requests_per_second // self.requests_per_second))
