"""Whether other regions can take a region's requests: asked before it is evacuated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmdeploy.infra.evacuation.errors import EvacuationRefused
from llmdeploy.infra.fleet.client import FleetClients, FleetLook
from llmdeploy.infra.status.facts import DeploymentFacts
from llmdeploy.infra.status.look import deployment_status
from llmdeploy.infra.status.report import RegionStatus
from llmdeploy.serving.errors import LlmdeployError


@dataclass(frozen=True, slots=True)
class Well:
    """One region: `why` it cannot take requests; empty when it can."""

    region: str
    why: str = ""

    @staticmethod
    def require_one(of: str, found: Sequence[Well]) -> None:
        """Raises EvacuationRefused: none of them can take the requests of `of`."""
        reasons = [f"{each.region}: {each.why}" for each in found if each.why]
        if len(reasons) == len(found):
            raise EvacuationRefused(
                f"no region is well that could take the requests of {of} ({'; '.join(reasons)})",
                "mend one of them first, see `llmdeploy status`",
            )


def well_here(facts: DeploymentFacts, regions: Iterable[str]) -> tuple[Well, ...]:
    """Regions on this machine, or of a live simulation."""
    status = deployment_status(facts)
    return tuple(_here(status.region(name)) for name in regions)


def well_in_clouds(
    clients: FleetClients, regions: Iterable[str], facts: Mapping[str, Mapping[str, Any]]
) -> tuple[Well, ...]:
    """Regions in clouds, by what those say of fleets and gateways.

    Args:
        facts: the stack's output `regions`.
    """
    return tuple(_in_cloud(clients, name, facts.get(name, {})) for name in regions)


def _here(region: RegionStatus) -> Well:
    if region.health == "healthy":
        return Well(region.name)
    reasons = (f"{each.name} {each.state}" for each in region.replicas if each.health != "healthy")
    return Well(region.name, next(reasons, region.health))


def _in_cloud(clients: FleetClients, region: str, facts: Mapping[str, Any]) -> Well:
    provider, _, location = region.partition("/")
    try:
        look = clients[provider]().look(location, facts)
    except LlmdeployError as error:
        return Well(region, error.problem)
    return Well(region, _lack(look))


def _lack(look: FleetLook) -> str:
    if not look.healthy:
        return look.trouble or "no replica is healthy"
    return "no gateway is healthy" if look.gateways_healthy == 0 else ""
