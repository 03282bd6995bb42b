"""How a cloud is asked about a region's fleet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from llmdeploy.infra.fleet.refusal import Refusal


@dataclass(frozen=True, slots=True)
class VersionLook:
    """What there is of one version of a region's replicas. The attributes are those of `FleetLook`."""

    launched: int
    healthy: int
    refusal: Refusal | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class FleetLook:
    """What there is in a region at one moment: of its own version, and of the one beside it.

    Attributes:
        launched: instances that the cloud gave.
        healthy: replicas to which the region's load balancer sends requests.
        gateways_healthy: None where the stack's outputs do not say where to look.
        refusal: why the cloud gives no more instances; None where none are missing, or none was refused.
        trouble: what is wrong with what was launched; empty where nothing is known to be.
        final: nothing will change by itself.
        beside: of the other version; None where the facts name none.
    """

    launched: int
    healthy: int
    gateways_healthy: int | None
    refusal: Refusal | None = None
    trouble: str = ""
    final: bool = False
    beside: VersionLook | None = None


class FleetClient(Protocol):
    """One account of one cloud. Safe to use from several threads; a call may take seconds."""

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        """What there is in a region.

        Args:
            location: the region as its cloud names it.
            facts: the stack's output `regions`, of this region.

        Raises:
            FactsUnusable: the facts are not those of a region of this cloud.
            CloudUnasked: the cloud does not answer.
        """


FleetClients = Mapping[str, Callable[[], FleetClient]]
"""By provider. A client is made at the first question, which may raise ExtraMissing or NoCredentials."""
