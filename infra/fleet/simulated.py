"""Fleets in the simulated clouds, where an instance is healthy as soon as there is capacity for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from llmdeploy.infra.fleet.client import FleetLook, VersionLook
from llmdeploy.infra.fleet.endpoints.look import EndpointFacts
from llmdeploy.infra.fleet.endpoints.simulated import look_at
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
        self._clouds = clouds
        self._groups = topology(clouds).groups if clouds.exist else ()

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        """The region's groups; those that the facts do not name are of gateways."""
        beside = facts.get("beside")
        here = [group for group in self._groups if group.record.region == location]
        fleets = {name for each in (facts, beside or {}) for name in _fleet_names(each)}
        own = self._version(location, here, facts)
        return FleetLook(
            launched=own.launched,
            healthy=own.healthy,
            gateways_healthy=_gateways(here, fleets) if _has_gateways(facts) else None,
            refusal=own.refusal,
            final=True,
            trouble=own.trouble,
            beside=self._version(location, here, beside) if beside is not None else None,
        )

    def _version(self, location: str, here: Sequence[Group], facts: Mapping[str, Any]) -> VersionLook:
        if (endpoint := EndpointFacts.of(facts)) is not None:
            return look_at(self._clouds, location, endpoint).version
        if "groups" not in facts:
            raise FactsUnusable("groups")
        return _version(here, facts["groups"])


def _has_gateways(facts: Mapping[str, Any]) -> bool:
    """Regions of Azure have none of their own."""
    return facts.get("service") != "azure-ml"


def _gateways(here: Iterable[Group], fleets: Collection[str]) -> int:
    return sum(len(group.instances) for group in here if _name(group) not in fleets)


def _fleet_names(facts: Mapping[str, Any]) -> Collection[str]:
    return facts.get("groups", ()) or (facts.get("endpoint", ""),)


def _version(here: Iterable[Group], names: Collection[str]) -> VersionLook:
    fleet = [group for group in here if _name(group) in names]
    launched = sum(len(group.instances) for group in fleet)
    return VersionLook(launched, launched, _refusal(fleet))


def _name(group: Group) -> str:
    return str(group.record.outputs.get("name", ""))


def _refusal(fleet: list[Group]) -> Refusal | None:
    messages = [group.message for group in fleet if group.message]
    return read_refusal(messages[-1]) if messages else None
