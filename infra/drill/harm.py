"""What a drill does to a deployment, and undoes: a fault of its processes, or a planned evacuation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from llmdeploy.infra.drill.watch import Watch


@dataclass(frozen=True, slots=True)
class Marks:
    """Moments of a drill, `time.monotonic` seconds; None where they did not come.

    Args:
        lost_at: nothing new was sent to what was hit.
        drained_at: the last request there had ended, of an evacuation.
        well_at: requests were sent to it again.
    """

    lost_at: float | None
    drained_at: float | None
    well_at: float | None


class Harm(Protocol):
    """One harm, done once."""

    recovery_s: float
    """By then what was hit answers again, or does not. Seconds."""

    async def prepare(self) -> None:
        """All that takes time and does no harm."""

    async def do(self) -> None:
        """Do it, and return when it has lasted."""

    async def undo(self) -> None:
        """Bring back what was hit."""

    def undo_now(self) -> None:
        """The same, before anything else happens. May be repeated."""

    def marks(self, watch: Watch, fault_at: float, restored_at: float) -> Marks:
        """What happened when."""
        ...
