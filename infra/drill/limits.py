"""When a drill is not good enough."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.infra.drill.report import DrillReport


@dataclass(frozen=True, slots=True)
class Limits:
    """What a drill may show at most; None: no limit.

    Args:
        max_failed: failed requests, streams begun on what was hit not counted.
        max_gap_s: the longest time without a whole answer, seconds.
    """

    max_failed: int | None = None
    max_gap_s: float | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """Those that are set, one sentence each."""
        found = []
        if self.max_failed is not None:
            found.append(f"at most {self.max_failed} failed request{'' if self.max_failed == 1 else 's'}")
        if self.max_gap_s is not None:
            found.append(f"at most {self.max_gap_s:g} s without an answer")
        return tuple(found)


def passed_limits(report: DrillReport, limits: Limits) -> tuple[str, ...]:
    """Every limit that the report passes, one sentence each."""
    reasons = []
    if limits.max_failed is not None and report.failed > limits.max_failed:
        reasons.append(f"{report.failed} requests failed, {limits.max_failed} are allowed")
    if limits.max_gap_s is not None and report.longest_gap_s > limits.max_gap_s:
        reasons.append(f"no answer for {report.longest_gap_s:.2f} s, {limits.max_gap_s:g} s are allowed")
    return tuple(reasons)
