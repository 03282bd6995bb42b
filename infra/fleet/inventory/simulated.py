"""Instances in the simulated clouds, each in service as soon as there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llmdeploy.infra.fleet.endpoints.look import EndpointFacts
from llmdeploy.infra.fleet.endpoints.simulated import look_at
from llmdeploy.infra.fleet.facts import FactsUnusable
from llmdeploy.infra.fleet.inventory.instances import IN_SERVICE, CloudInstance, Inventory, wanted_of
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.topology import topology


class SimulatedInventory:
    """See `instances.InventoryClient`. The clouds are read once.

    Raises:
        SimulationError: the clouds cannot be read.
    """

    def __init__(self, clouds: SimulatedClouds) -> None:
        self._clouds = clouds
        self._groups = topology(clouds).groups if clouds.exist else ()

    def inventory(self, location: str, facts: Mapping[str, Any], stack: str) -> Inventory:
        """The instances of the region's groups. Nothing measures a load there."""
        if (endpoint := EndpointFacts.of(facts)) is not None:
            return look_at(self._clouds, location, endpoint).inventory(endpoint)
        if "groups" not in facts:
            raise FactsUnusable("groups")
        groups = [
            group
            for group in self._groups
            if group.record.region == location and group.record.outputs.get("name") in facts["groups"]
        ]
        return Inventory(
            wanted=wanted_of([group.wanted for group in groups]),
            instances=tuple(
                CloudInstance(each.id, each.zone, each.type, each.lifecycle, IN_SERVICE, each.created)
                for group in groups
                for each in group.instances
            ),
        )
