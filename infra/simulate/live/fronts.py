"""Which groups and fronts of the simulated clouds are those of a region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from llmdeploy.infra.simulate.live import contents
from llmdeploy.infra.simulate.topology import Front, Group, Topology
from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.plan.model import RegionPlan


@dataclass(frozen=True, slots=True)
class Fronts:
    """All that is found, by region and version."""

    found: Topology

    def fleet_groups(self, version: RegionPlan) -> tuple[Group, ...]:
        """The groups of a version's replicas."""
        fleet = self.fleet_front(version)
        numbers = {record.number for record in fleet.groups} if fleet else set()
        return tuple(group for group in self.found.groups if group.record.number in numbers)

    def runs_gateway(self, region: RegionPlan) -> bool:
        """Whether any task or machine of the region's gateway is there."""
        fleet = {group.record.number for version in region.fleets for group in self.fleet_groups(version)}
        behind = {
            record.number
            for front in self.found.fronts
            if not front.internal
            for record in front.groups
            if contents.region_of(record) == region.location and record.number not in fleet
        }
        return any(group.instances for group in self.found.groups if group.record.number in behind)

    def fleet_front(self, version: RegionPlan) -> Front | None:
        """The internal load balancer's part for a version: where it listens for its slot."""
        port = cloud.FLEET_PORTS[version.slot]
        fronts = (front for front in self._only(version) if front.internal and front.port == port)
        return next(fronts, None)

    def own_front(self, region: RegionPlan) -> Front | None:
        """What takes clients into the region."""
        return next((front for front in self._only(region) if not front.internal), None)

    def _only(self, region: RegionPlan) -> Iterator[Front]:
        """The fronts that lead to this region alone."""
        for front in self.found.fronts:
            if {contents.region_of(record) for record in front.groups} == {region.location}:
                yield front
