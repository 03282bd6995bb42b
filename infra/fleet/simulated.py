"""Fleets in the simulated clouds, where an instance is healthy as soon as there is capacity for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.infra.fleet.client import FleetLook
from llmdeploy.infra.fleet.facts import FactsUnusable
from llmdeploy.infra.fleet.refusal import Refusal, read_refusal
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.topology import Group, topology


class SimulatedFleets:
    """See `client.FleetClient`. The clouds are read once, as nothing changes in them by itself.

    Raises:
        SimulationError: the clouds cannot be read.
    """

    def __init__(self, clouds: SimulatedClouds) -> None:
        self._groups = topology(clouds).groups if clouds.exist else ()

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        """The region's groups; those that the facts do not name are of gateways."""
        if "groups" not in facts:
            raise FactsUnusable("groups")
        here = [group for group in self._groups if group.record.region == location]
        fleet = [group for group in here if _name(group) in facts["groups"]]
        launched = sum(len(group.instances) for group in fleet)
        return FleetLook(
            launched=launched,
            healthy=launched,
            gateways_healthy=sum(len(group.instances) for group in here if group not in fleet),
            refusal=_refusal(fleet),
            final=True,
        )


def _name(group: Group) -> str:
    return str(group.record.outputs.get("name", ""))


def _refusal(fleet: list[Group]) -> Refusal | None:
    messages = [group.message for group in fleet if group.message]
    return read_refusal(messages[-1]) if messages else None
