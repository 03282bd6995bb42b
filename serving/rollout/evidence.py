"""What the judge says, and on what grounds: plain data, to be printed and kept as JSON."""

from __future__ import annotations

from typing import Literal

from llmdeploy.serving.frozen import Frozen

Decision = Literal["pass", "fail", "wait"]
Reason = Literal["as-good", "worse", "baking", "too-few-requests", "not-measured", "unjudged"]
Finding = Literal["holds", "violated", "unknown"]


class Evidence(Frozen):
    """One thing that was looked at. Figures are in `unit`; None where it was not measured."""

    metric: str
    unit: Literal["share", "s", "count"]
    finding: Finding
    stable: float | None = None
    canary: float | None = None
    difference: float | None = None
    """Canary less stable."""
    limit: float | None = None
    """What the canary must not pass: as asked, or what is so much worse than stable that it matters."""
    test: str = "rule"
    """How chance was ruled out; a rule has none."""
    p: float | None = None
    """The chance of such a difference, or a larger one, between versions that are alike."""
    alpha: float | None = None
    """A violation needs p at or below it."""
    bound: float | None = None
    """What the canary's true figure is at least, with confidence 1 − alpha."""
    needed: bool = False
    """A canary does not pass while this is unknown."""
    note: str = ""


class Verdict(Frozen):
    """`pass`: on to the next step. `fail`: back to stable. `wait`: ask again later."""

    decision: Decision
    reason: Reason
    explanation: str
    evidence: tuple[Evidence, ...]

    @property
    def violated(self) -> tuple[Evidence, ...]:
        """The grounds of a `fail` because the canary is worse."""
        return tuple(row for row in self.evidence if row.finding == "violated")
