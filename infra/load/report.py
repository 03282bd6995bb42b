"""What a load's clients saw, in the figures that matter when something breaks."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from llmdeploy.infra.load.generate import LoadRun
from llmdeploy.infra.load.latency import Latencies, latencies
from llmdeploy.infra.load.record import Record

AFFECTED_FACTOR = 2.0
"""A request was affected by a fault when it failed, or took longer than this many times the longest one of
its kind before the fault."""


@dataclass(frozen=True, slots=True)
class LoadReport:
    """A load, as its clients saw it. Seconds.

    Args:
        requests: all that ended.
        failures: requests that got no answer, by kind (`status 503`, `connection`, `timeout`).
        broken_streams: answers that had begun and broke off or never ended; not counted among the failures.
        longest_gap_s: the longest time in which no client got a whole answer.
        detect_s: from the fault to the first request from which on none was affected by it; None without a
            fault, or when no request came after the affected ones.
        recover_s: from the end of the fault to the first answer of the lost region; None when there was none.
        before, during, after: latencies of the requests that were answered then.
        by_region: whole answers by the region that gave them.
    """

    requests: int
    failures: dict[str, int]
    broken_streams: int
    longest_gap_s: float
    detect_s: float | None
    recover_s: float | None
    before: Latencies
    during: Latencies
    after: Latencies
    by_region: dict[str, int]

    @property
    def failed(self) -> int:
        """Requests that got no answer, streams that broke after they had begun not counted."""
        return sum(self.failures.values())


def report_load(
    run: LoadRun,
    *,
    fault_at: float | None = None,
    restored_at: float | None = None,
    region: str | None = None,
) -> LoadReport:
    """Sum up a load in which `region` was lost from `fault_at` to `restored_at` (`time.monotonic`
    seconds)."""
    records = run.records
    end_of_before = float("inf") if fault_at is None else fault_at
    end_of_during = float("inf") if restored_at is None else restored_at
    before = [r for r in records if r.end < end_of_before]
    after = [r for r in records if r.start >= end_of_during]
    during = [r for r in records if r.end >= end_of_before and r.start < end_of_during]
    failed = [r for r in records if not r.ok and not r.begun_stream]
    return LoadReport(
        requests=len(records),
        failures=dict(sorted(Counter(_kind(record) for record in failed).items())),
        broken_streams=sum(not record.ok and record.begun_stream for record in records),
        longest_gap_s=longest_gap(run),
        detect_s=None if fault_at is None else _detected(before, during, records, fault_at),
        recover_s=None if restored_at is None else _recovered(records, restored_at, region),
        before=latencies(before),
        during=latencies(during),
        after=latencies(after),
        by_region=dict(sorted(Counter(record.region or "none" for record in records if record.ok).items())),
    )


def longest_gap(run: LoadRun) -> float:
    """The longest time without a whole answer between the load's start and its close. Seconds."""
    ends = sorted(record.end for record in run.records if record.ok and record.end < run.closed)
    marks = [run.started, *ends, run.closed]
    return max(later - earlier for earlier, later in itertools.pairwise(marks))


def _kind(record: Record) -> str:
    return f"status {record.status}" if record.outcome == "status" else record.outcome


def _detected(
    before: Sequence[Record], during: Sequence[Record], records: Sequence[Record], fault_at: float
) -> float | None:
    usual = {
        stream: max((r.latency_s for r in before if r.ok and r.stream == stream), default=float("inf"))
        for stream in (False, True)
    }
    affected = [r for r in during if not r.ok or r.latency_s > AFFECTED_FACTOR * usual[r.stream]]
    last = max((record.start for record in affected), default=fault_at)
    unaffected = [record.start - fault_at for record in records if record.start > max(last, fault_at)]
    return min(unaffected, default=None)


def _recovered(records: Sequence[Record], restored_at: float, region: str | None) -> float | None:
    again = [r.end - restored_at for r in records if r.ok and r.region == region and r.start >= restored_at]
    return min(again, default=None)
