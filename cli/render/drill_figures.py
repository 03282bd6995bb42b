"""The figures of a drill in words, for a terminal and for reports alike."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from llmdeploy.infra.drill.report import DrillReport, PhaseReport

PHASE_COLUMNS: Final = ("", "requests", "failed", "p50", "p95", "answered by")


def headline(report: DrillReport) -> str:
    """`chat: kill a-0 of local/a for 4.0 s under 8 clients`."""
    part = report.replicas and report.fault != "evacuate"
    what = f"{', '.join(report.replicas)} of {report.region}" if part else report.region
    return f"{report.stack}: {report.fault} {what} for {report.outage_s:.1f} s under {report.workers} clients"


def when(report: DrillReport) -> str:
    """When the load began, in UTC."""
    return time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(report.began))


def failed(report: DrillReport) -> str:
    """`0`, or how many and how: `3 (2 status 503, 1 timeout)`."""
    kinds = ", ".join(f"{number} {kind}" for kind, number in report.failures.items())
    return f"{report.failed} ({kinds})" if kinds else "0"


def figures(report: DrillReport) -> Iterator[tuple[str, str]]:
    """Names and values."""
    yield "requests", str(report.requests)
    yield "failed", failed(report)
    if report.fault != "evacuate":
        yield "broken streams", f"{report.broken_streams}, begun on what was hit"
    yield "longest gap", f"{report.longest_gap_s:.2f} s without an answer; {report.usual_gap_s:.2f} s before"
    yield from _evacuation(report) if report.fault == "evacuate" else _fault(report)


def _evacuation(report: DrillReport) -> Iterator[tuple[str, str]]:
    yield "moved away", _after(report.detected_s, "it began")
    yield "drained", _after(report.drained_s, "it began")
    yield "clients unharmed", _after(report.unaffected_s, "it began")
    yield "moved back", _after(report.seen_healthy_s, "the way back began")
    yield "answers again", _after(report.recovered_s, "the way back began")


def _fault(report: DrillReport) -> Iterator[tuple[str, str]]:
    yield "seen by gateway", _after(report.detected_s, "the fault")
    yield "clients unharmed", _after(report.unaffected_s, "the fault")
    yield "healthy again", _after(report.seen_healthy_s, "it was brought back")
    yield "answers again", _after(report.recovered_s, "it was brought back")


def phases(report: DrillReport) -> Iterator[tuple[str, ...]]:
    """A row for each part of the load, under `PHASE_COLUMNS`."""
    yield _phase("before", report.before)
    yield _phase("during", report.during)
    yield _phase("after", report.after)


def _after(seconds: float | None, what: str) -> str:
    return "never" if seconds is None else f"{seconds:.2f} s after {what}"


def _phase(name: str, phase: PhaseReport) -> tuple[str, ...]:
    answers = ", ".join(f"{region} {number}" for region, number in phase.answers.items())
    return (
        name,
        str(phase.requests),
        str(phase.failed),
        _seconds(phase.latencies.p50_s),
        _seconds(phase.latencies.p95_s),
        answers or "none",
    )


def _seconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f} s"
