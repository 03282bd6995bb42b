"""What came of one region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FleetState = Literal["up", "starting", "short", "down", "failed", "unknown"]
"""up: every replica and gateway that was wanted is healthy. starting: not yet, and nothing says that it will
not be. short: it serves, with fewer than wanted. down: it does not serve. failed: the engine could not make
it. unknown: the cloud does not answer."""


@dataclass(frozen=True, slots=True)
class VersionFleet:
    """The version on trial in a region. The counts are those of `RegionFleet`."""

    revision: str
    wanted: int
    launched: int | None
    healthy: int | None


@dataclass(frozen=True, slots=True)
class RegionFleet:
    """One region: what there should be, what there is, and what keeps it from more.

    Attributes:
        region: as in the spec, `aws/us-east-1`.
        wanted: replicas, of the region's own version.
        launched: instances that the cloud gave; None: not known.
        healthy: replicas to which the region's load balancer sends requests; None: not known.
        gateways_healthy: None: not known.
        why: what keeps it from being up, in the cloud's own words; of a region that is up, what else failed.
        mend: what to do about it.
        command: a line for a shell that does it, ready to run.
        canary: the version on trial, in the middle of a rollout.
    """

    region: str
    state: FleetState
    wanted: int
    launched: int | None
    healthy: int | None
    gateways_wanted: int
    gateways_healthy: int | None
    why: str = ""
    mend: str = ""
    command: str = ""
    canary: VersionFleet | None = None

    @property
    def serves(self) -> bool:
        """Whether requests that come to the region's own front are answered by its own replicas."""
        return bool(self.healthy) and self.gateways_healthy != 0
