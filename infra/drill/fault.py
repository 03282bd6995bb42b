"""What a drill does to a deployment, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from llmdeploy.infra.status.fault_record import FaultKind

HarmKind: TypeAlias = FaultKind | Literal["evacuate"]
"""`evacuate` is planned: the region's requests go elsewhere, and its processes live on."""
Phase = Literal["check", "before", "fault", "heal", "after"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of a whole region, or of one replica; or the planned evacuation of a region.

    Args:
        region: `local/a`, or `a` for short; empty when a replica is named.
        replica: `a-0`; empty for all replicas of the region.
    """

    kind: HarmKind
    region: str = ""
    replica: str = ""


@dataclass(frozen=True, slots=True)
class DrillOptions:
    """How much load a drill sends, and for how long. Seconds.

    Args:
        workers: clients at once.
        seconds: the load in all: a fifth before the fault, two fifths during it, two fifths after; longer
            only while a killed region is still loading.
        stream_share: part of the requests that ask for a stream, 0 to 1.
        max_tokens: tokens asked for in each answer.
        request_timeout_s: a request without an end by then counts as failed.
        allow_total_outage: also drill when nothing is left to take over.
    """

    workers: int = 8
    seconds: float = 20.0
    stream_share: float = 0.5
    max_tokens: int = 16
    request_timeout_s: float = 60.0
    allow_total_outage: bool = False

    @property
    def before_s(self) -> float:
        """Load before the fault, to compare with."""
        return self.seconds * 0.2

    @property
    def outage_s(self) -> float:
        """From the fault until what it hit is brought back."""
        return self.seconds * 0.4

    @property
    def after_s(self) -> float:
        """Load after that, at least."""
        return self.seconds * 0.4


@dataclass(frozen=True, slots=True)
class DrillProgress:
    """Where a drill stands.

    Args:
        message: the phase in words, for a reader.
        elapsed_s: seconds since the load began.
        requests: ended so far.
        failed: of those, the ones that count as failures in the report.
    """

    phase: Phase
    message: str
    elapsed_s: float
    requests: int
    failed: int
