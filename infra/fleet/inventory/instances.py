"""What is told of each instance, whichever cloud it is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

Purchase = Literal["on-demand", "spot"]
IN_SERVICE: Final = "in service"


@dataclass(frozen=True, slots=True)
class CloudInstance:
    """One instance, which runs one replica.

    Args:
        type: as the cloud names it; without the accelerators that are named apart.
        state: `in service`, or in the cloud's own words what keeps it from that.
        launched: seconds since the epoch; None where the cloud does not tell.
        load: requests that run and wait there over those that it runs at once; None where it is not measured
            for each instance.
    """

    id: str
    zone: str
    type: str
    purchase: Purchase
    state: str
    launched: float | None
    load: float | None = None

    @property
    def serves(self) -> bool:
        """Whether the region's load balancer sends requests to it."""
        return self.state == IN_SERVICE


@dataclass(frozen=True, slots=True)
class Inventory:
    """The instances of one version in a region.

    Args:
        wanted: how many its groups are set to.
        load: mean of the region, as `CloudInstance.load`; None where nothing was measured lately.
    """

    wanted: int
    instances: tuple[CloudInstance, ...]
    load: float | None = None


class InventoryClient(Protocol):
    """One account of one cloud. Safe to use from several threads; a call may take seconds."""

    def inventory(self, location: str, facts: Mapping[str, Any], stack: str) -> Inventory:
        """The instances of the groups that the facts name.

        Args:
            location: the region as its cloud names it.
            facts: the stack's output `regions`, of this region and version.

        Raises:
            FactsUnusable: the facts are not those of a region of this cloud.
            CloudUnasked: the cloud does not answer.
        """


def wanted_of(sizes: list[int]) -> int:
    """How many instances groups of one fleet are to have together. The group of spot instances stays at its
    size while the fallback's, of on-demand ones, stands in for those that are missing: the sum would count
    them twice.
    """
    return max(sizes, default=0)
