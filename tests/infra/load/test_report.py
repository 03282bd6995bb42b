"""The figures of a load, from hand-made records whose figures are known."""

from __future__ import annotations

from typing import Any

import pytest

from llmdeploy.infra.load import LoadRun, Record, report_load
from llmdeploy.infra.load.latency import percentile


def record(start: float, end: float, region: str = "a", **fields: Any) -> Record:
    return Record(**{"number": 0, "stream": False, "outcome": "ok", "status": 200, "region": region,
                     "start": start, "end": end, **fields})  # fmt: skip


STEADY = [record(t / 10, t / 10 + 0.1) for t in range(10)]
"""A request every 0.1 s until 1.0, each answered after 0.1 s by region a."""


def run(*records: Record, closed: float = 2.0) -> LoadRun:
    return LoadRun(tuple(records), 0.0, closed)


def test_a_quiet_load() -> None:
    report = report_load(run(*STEADY, closed=1.0))
    assert (report.requests, report.failed, report.broken_streams) == (10, 0, 0)
    assert report.longest_gap_s == pytest.approx(0.1)
    assert report.detect_s is None
    assert report.recover_s is None
    assert report.before.p50_s == pytest.approx(0.1)
    assert report.during.count == report.after.count == 0
    assert report.by_region == {"a": 10}


def test_failures_are_counted_by_kind_and_broken_streams_apart() -> None:
    begun = {"stream": True, "first_token": 0.2}
    report = report_load(
        run(
            record(0, 1, outcome="status", status=503),
            record(0, 1, outcome="status", status=503),
            record(0, 1, outcome="status", status=401),
            record(0, 1, outcome="timeout"),
            record(0, 1, outcome="connection", status=None, region=None),
            record(0, 1, outcome="broken", **begun),
            record(0, 1, outcome="timeout", **begun),
        )
    )
    assert report.failures == {"connection": 1, "status 401": 1, "status 503": 2, "timeout": 1}
    assert report.failed == 5
    assert report.broken_streams == 2


def test_the_gap_is_counted_to_the_close_and_from_the_start() -> None:
    assert report_load(run(record(0, 0.1), closed=3.0)).longest_gap_s == pytest.approx(2.9)
    assert report_load(run(record(0, 1.5), closed=2.0)).longest_gap_s == pytest.approx(1.5)
    assert report_load(run(closed=2.0)).longest_gap_s == pytest.approx(2.0)
    late = record(1.9, 9.0)
    assert report_load(run(record(0, 1.0), record(1.0, 1.9), late)).longest_gap_s == pytest.approx(1.0)


def test_detection_ends_with_the_last_affected_request() -> None:
    fault = [
        record(0.95, 2.0, "b"),
        record(1.1, 1.2, "a", outcome="status", status=503),
        record(1.3, 1.4, "b"),
        record(1.5, 1.6, "b"),
    ]
    report = report_load(run(*STEADY, *fault), fault_at=1.05, region="a")
    assert report.detect_s == pytest.approx(0.25)
    assert report.before.count == 10
    assert report.during.count == 3


def test_a_fault_nobody_notices_is_detected_at_the_next_request() -> None:
    assert report_load(run(*STEADY, record(1.1, 1.2, "b")), fault_at=1.05).detect_s == pytest.approx(0.05)


def test_a_fault_that_never_ends_is_never_detected() -> None:
    lost = [record(1.1, 1.2, outcome="timeout"), record(1.2, 1.3, outcome="timeout")]
    assert report_load(run(*STEADY, *lost), fault_at=1.05).detect_s is None


def test_recovery_is_the_lost_regions_first_answer() -> None:
    after = [record(1.3, 1.4, "b"), record(1.5, 1.6, "a"), record(1.6, 1.7, "a")]
    report = report_load(run(*STEADY, *after), fault_at=1.05, restored_at=1.2, region="a")
    assert report.recover_s == pytest.approx(0.4)
    assert report.after.count == 3
    assert report_load(run(*STEADY), fault_at=0.5, restored_at=1.2, region="a").recover_s is None


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 50, None),
        ([1], 99, 1),
        ([1, 2, 3, 4], 50, 2),
        ([1, 2, 3, 4], 75, 3),
        ([1, 2, 3, 4], 100, 4),
        ([1, 2], 0, 1),
    ],
)
def test_percentile(values: list[float], percent: float, expected: float | None) -> None:
    assert percentile(values, percent) == expected
