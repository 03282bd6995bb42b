"""What came of an evacuation."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EvacuationReport:
    """Seconds; None where it did not happen, or is not known.

    Args:
        back: the region was brought back.
        takers: regions that take its requests, in the order they are tried.
        changed: the deployment was changed; else it was as asked for already.
        change_s: from the start of the change until gateways knew of it.
        within_s: how long was waited at most after that.
        drained_s: after the change, until the last request under way had ended.
        in_flight: requests under way in the region at the end.
        well_s: after the change, until the region was well again, of one that was brought back.
        watched: whether requests under way can be counted here.
        notes: what a reader must know.
    """

    stack: str
    region: str
    back: bool
    takers: tuple[str, ...]
    changed: bool
    change_s: float
    within_s: float
    drained_s: float | None = None
    in_flight: int | None = None
    well_s: float | None = None
    watched: bool = True
    simulated: bool = False
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it came to what was asked for, as far as can be known."""
        if not self.watched:
            return True
        return self.well_s is not None if self.back else self.drained_s is not None

    def document(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {"ok": self.ok, **asdict(self)}
