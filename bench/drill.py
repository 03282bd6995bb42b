"""What clients see when one of two regions is killed or hangs.

    python -m bench.drill [--runs 5] [--seconds 10]

A real deployment, with random weights in its replicas, drilled as `llmdeploy drill` does.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench.gateway.figures import spread
from tests.infra.drill.world import deployment, plan_of

from llmdeploy.infra.drill import DrillOptions, DrillReport, Fault, run_drill
from llmdeploy.infra.status import DeploymentFacts
from llmdeploy.infra.status.fault_record import FaultKind

REGION = "local/a"
FAULTS: tuple[FaultKind, ...] = ("kill", "hang")
FIGURES: tuple[tuple[str, Callable[[DrillReport], float | None]], ...] = (
    ("longest gap, s", lambda report: report.longest_gap_s),
    ("the same before the fault, s", lambda report: report.usual_gap_s),
    ("seen by the gateway after, s", lambda report: report.detected_s),
    ("clients unaffected after, s", lambda report: report.unaffected_s),
    ("first answer after return, s", lambda report: report.recovered_s),
    ("p95 before, s", lambda report: report.before.latencies.p95_s),
    ("p95 during, s", lambda report: report.during.latencies.p95_s),
    ("p95 after, s", lambda report: report.after.latencies.p95_s),
)


def main() -> None:
    """Drill and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.drill")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=10.0, help="load of each run")
    given = parser.parse_args()
    options = DrillOptions(seconds=given.seconds)
    with tempfile.TemporaryDirectory(prefix="bench-drill-") as folder, deployment(Path(folder)) as facts:
        hedge = plan_of(Path(folder), ("local/a", "local/b"), replicas=1).gateway.hedge
        print(
            f"{given.runs} drills each, {options.workers} clients, {REGION} of two regions, random weights;"
        )
        print(
            f"median (smallest–largest). Hedge: streams {hedge.streaming_after_s:g} s, "
            f"whole answers {hedge.buffered_after_s:g} s."
        )
        for fault in FAULTS:
            reports = [_drill(facts, fault, options, Path(folder)) for _ in range(given.runs)]
            _show(fault, reports)
    print("\nbars: kill: 0 failed, longest gap ≤ 0.25 s; hang: 0 failed, longest gap ≤ hedge delay + 1 s")


def _drill(facts: DeploymentFacts, fault: FaultKind, options: DrillOptions, locks: Path) -> DrillReport:
    return run_drill(facts, Fault(fault, REGION), options, locks=locks)


def _show(fault: FaultKind, reports: list[DrillReport]) -> None:
    requests, failed = sum(r.requests for r in reports), sum(r.failed for r in reports)
    broken = sum(r.broken_streams for r in reports)
    print(
        f"\n{fault}: {requests} requests, {failed} failed, {broken} streams broken that had begun on {REGION}"
    )
    for name, figure in FIGURES:
        values = [value for report in reports if (value := figure(report)) is not None]
        print(f"  {name:<30} {spread(values)}", flush=True)


if __name__ == "__main__":
    main()
