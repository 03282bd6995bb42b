"""What a drill measured, and whether it is good enough."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from llmdeploy.infra.drill.fault import HarmKind
from llmdeploy.infra.drill.timeline import Timeline
from llmdeploy.infra.load.latency import Latencies


@dataclass(frozen=True, slots=True)
class PhaseReport:
    """A part of the load: the requests that ended before the fault, were under way during it, or began after.

    Args:
        requests: all of them.
        failed: those without an answer (as in `DrillReport.failed`).
        answers: whole answers by the region that gave them.
        latencies: of the whole answers.
    """

    requests: int
    failed: int
    answers: dict[str, int]
    latencies: Latencies


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What clients saw of a fault. Seconds; None where it did not happen.

    Args:
        region: what was hit.
        replicas: the replicas that were hit.
        entry: the URL that the load was sent to: the entry of the region that was hit.
        workers: clients at once.
        outage_s: from the fault to the start of bringing back what it hit.
        requests: all that ended.
        failures: requests that got no whole answer, by kind (`status 503`, `connection`, `timeout`,
            `broken`); the broken streams below are not among them.
        broken_streams: streams that had begun on what was hit and broke off: nobody can repeat them for their
            client, who saw an error.
        longest_gap_s: the longest time in which no client got a whole answer.
        usual_gap_s: the same before the fault.
        detected_s: from the fault to the moment the gateway held all that was hit for unhealthy; from the
            beginning of an evacuation until gateways knew of it.
        drained_s: from the beginning of an evacuation until the last request in the region had ended.
        unaffected_s: from the fault to the first request from which on no client noticed it any more.
        last_served_s: from the fault to the start of the last request that what was hit answered during it.
        seen_healthy_s: from the start of bringing back to the moment the gateway held all of it for healthy,
            or knew that it takes requests again.
        recovered_s: from the start of bringing back to the end of the first answer it gave again.
        notes: what a reader must know to read the figures right.
        reasons: the limits that were passed; empty when the drill is good.
        limits: the limits that were set, in words.
        timeline: every request; not part of the document.
        began: when the load did, seconds since the epoch.
    """

    stack: str
    fault: HarmKind
    region: str
    replicas: tuple[str, ...]
    entry: str
    workers: int
    outage_s: float
    requests: int
    failures: dict[str, int]
    broken_streams: int
    longest_gap_s: float
    usual_gap_s: float
    detected_s: float | None
    unaffected_s: float | None
    last_served_s: float | None
    seen_healthy_s: float | None
    recovered_s: float | None
    before: PhaseReport
    during: PhaseReport
    after: PhaseReport
    notes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    drained_s: float | None = None
    limits: tuple[str, ...] = ()
    simulated: bool = False
    timeline: Timeline | None = None
    began: float = 0.0

    @property
    def failed(self) -> int:
        """Requests that got no whole answer, streams begun on what was hit not counted."""
        return sum(self.failures.values())

    @property
    def passed(self) -> bool:
        """Whether all limits were kept."""
        return not self.reasons

    def document(self) -> dict[str, Any]:
        """The report for `--json`."""
        told = asdict(replace(self, timeline=None))
        del told["timeline"]
        return {"ok": self.passed, "failed": self.failed, **told}
