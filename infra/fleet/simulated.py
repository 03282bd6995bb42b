"""Fleets in the simulated clouds, where an instance is healthy as soon as there is capacity for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from llmdeploy.infra.fleet.client import FleetLook, VersionLook
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
        beside = facts.get("beside") or {"groups": ()}
        here = [group for group in self._groups if group.record.region == location]
        fleets = {*facts["groups"], *beside["groups"]}
        own = _version(here, facts["groups"])
        return FleetLook(
            launched=own.launched,
            healthy=own.healthy,
            gateways_healthy=sum(len(group.instances) for group in here if _name(group) not in fleets),
            refusal=own.refusal,
            final=True,
            beside=_version(here, beside["groups"]) if "beside" in facts else None,
        )


def _version(here: Iterable[Group], names: Collection[str]) -> VersionLook:
    fleet = [group for group in here if _name(group) in names]
    launched = sum(len(group.instances) for group in fleet)
    return VersionLook(launched, launched, _refusal(fleet))


def _name(group: Group) -> str:
    return str(group.record.outputs.get("name", ""))


def _refusal(fleet: list[Group]) -> Refusal | None:
    messages = [group.message for group in fleet if group.message]
    return read_refusal(messages[-1]) if messages else None
