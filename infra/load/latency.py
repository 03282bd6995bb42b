"""Percentiles of what clients waited for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmdeploy.infra.load.record import Record


@dataclass(frozen=True, slots=True)
class Latencies:
    """Percentiles in seconds of whole answers, and of the first piece of streams; None where there was
    none."""

    count: int
    p50_s: float | None
    p95_s: float | None
    p99_s: float | None
    longest_s: float | None
    ttft_p50_s: float | None
    ttft_p95_s: float | None


def latencies(records: Sequence[Record]) -> Latencies:
    """Of the requests that were answered whole."""
    answered = [record for record in records if record.ok]
    whole = sorted(record.latency_s for record in answered)
    first = sorted(record.ttft_s for record in answered if record.ttft_s is not None)
    return Latencies(
        count=len(answered),
        p50_s=percentile(whole, 50),
        p95_s=percentile(whole, 95),
        p99_s=percentile(whole, 99),
        longest_s=percentile(whole, 100),
        ttft_p50_s=percentile(first, 50),
        ttft_p95_s=percentile(first, 95),
    )


def percentile(ordered: Sequence[float], percent: float) -> float | None:
    """The nearest-rank percentile of sorted values; None of none."""
    if not ordered:
        return None
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(int(rank), 1) - 1]
