"""From the course of a drill to the figures of its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from llmdeploy.infra.drill.course import Course
from llmdeploy.infra.drill.fault import DrillOptions
from llmdeploy.infra.drill.lost_stream import is_lost_stream
from llmdeploy.infra.drill.report import DrillReport, PhaseReport
from llmdeploy.infra.drill.target import Target
from llmdeploy.infra.drill.timeline import Timeline, kind_of, points_of
from llmdeploy.infra.load import LoadRun, Record, longest_gap, report_load
from llmdeploy.infra.load.latency import latencies


def sum_up(stack: str, target: Target, options: DrillOptions, course: Course) -> DrillReport:
    """The report of a drill, limits not yet looked at."""
    run, fault_at, restored_at = course.load, course.fault_at, course.restored_at
    records = run.records
    lost = frozenset(r.number for r in records if is_lost_stream(r, target, fault_at))
    failed = _failed(records, lost)
    hit = [record for record in records if record.ok and target.answered(record)]
    seen = report_load(run, fault_at=fault_at, restored_at=restored_at, region=target.region.name)
    before = [r for r in records if r.end < fault_at]
    during = [r for r in records if r.end >= fault_at and r.start < restored_at]
    after = [r for r in records if r.start >= restored_at]
    served = [r.start - fault_at for r in hit if fault_at <= r.start < restored_at]
    report = DrillReport(
        stack=stack,
        fault=target.kind,
        region=target.region.name,
        replicas=target.names,
        entry=target.region.entry,
        workers=options.workers,
        outage_s=restored_at - fault_at,
        requests=len(records),
        failures=dict(sorted(Counter(kind_of(record) for record in failed).items())),
        broken_streams=len(lost),
        longest_gap_s=longest_gap(run),
        usual_gap_s=longest_gap(LoadRun(tuple(before), run.started, fault_at)),
        detected_s=_since(fault_at, course.marks.lost_at),
        unaffected_s=seen.detect_s,
        last_served_s=max(served, default=None),
        seen_healthy_s=_since(restored_at, course.marks.well_at),
        recovered_s=min((r.end - restored_at for r in hit if r.start >= restored_at), default=None),
        before=_phase(before, lost),
        during=_phase(during, lost),
        after=_phase(after, lost),
        drained_s=_since(fault_at, course.marks.drained_at),
        timeline=_timeline(course, lost),
        began=course.began,
    )
    served_before = any(record.end < fault_at for record in hit)
    return replace(report, notes=tuple(_notes(report, target, served_before)))


def _failed(records: Sequence[Record], lost: frozenset[int]) -> list[Record]:
    return [record for record in records if not record.ok and record.number not in lost]


def _timeline(course: Course, lost: frozenset[int]) -> Timeline:
    run = course.load
    return Timeline(
        points=points_of(run, lost),
        fault_s=course.fault_at - run.started,
        noticed_s=_since(run.started, course.marks.lost_at),
        restored_s=course.restored_at - run.started,
        well_s=_since(run.started, course.marks.well_at),
        ended_s=max((record.end for record in run.records), default=run.closed) - run.started,
    )


def _since(start: float, moment: float | None) -> float | None:
    return None if moment is None else moment - start


def _phase(records: Sequence[Record], lost: frozenset[int]) -> PhaseReport:
    answered = [record for record in records if record.ok]
    return PhaseReport(
        requests=len(records),
        failed=len(_failed(records, lost)),
        answers=dict(sorted(Counter(record.region or "unknown" for record in answered).items())),
        latencies=latencies(records),
    )


def _notes(report: DrillReport, target: Target, served_before: bool) -> Iterator[str]:
    if not served_before:
        yield f"{target} answered no request before the fault, so this does not show what its loss costs"
    if report.broken_streams:
        yield (
            f"{report.broken_streams} streams had begun on {target} and broke off; their clients saw an "
            "error, and no gateway could have repeated them"
        )
    if target.kind == "evacuate" and report.drained_s is None:
        yield (
            f"{target} was not seen without a request before it was brought back"
            if target.replicas
            else f"clouds count requests minutes late: when {target} was drained is not known"
        )
    if report.seen_healthy_s is None:
        yield f"the gateway did not hold {target} for healthy again while the drill lasted"
    elif served_before and report.recovered_s is None:
        yield f"{target} answered no request again while the drill lasted"
