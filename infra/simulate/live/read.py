"""What the simulated clouds would run, read from what they hold: whatever is not wired there is not wired
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.live import contents
from llmdeploy.infra.simulate.live.authority import Authority
from llmdeploy.infra.simulate.live.balancer import HealthCheck
from llmdeploy.infra.simulate.live.closed import closed_regions
from llmdeploy.infra.simulate.live.misbehaving import misbehaving
from llmdeploy.infra.simulate.live.topology import (
    LiveBalancer,
    LiveGateway,
    LiveRegion,
    LiveTopology,
    LiveVersion,
)
from llmdeploy.infra.simulate.live.transplant import Address, addresses
from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.topology import Front, Group, Topology, topology
from llmdeploy.serving.gateway import cloud
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot
from llmdeploy.serving.plan.stand_in import stand_in

CHECK: Final = HealthCheck("/health", 0.5, 2, 1)
"""Of every simulated load balancer: quicker than real ones, so that a drill need not last for minutes."""
OVER_TLS: Final = HealthCheck("/health", 0.5, 2, 1, tls=True)
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - what the gateways' files say, not what listens here


def read_topology(folder: Path, plan: Plan, machine: Machine) -> LiveTopology:
    """The live topology of the simulated clouds in a folder.

    Args:
        plan: that the clouds were brought up with: it says which version is in which slot.
        machine: that serves in the place of the plan's containers.

    Raises:
        SimulationError: nothing there takes clients' requests.
    """
    clouds = SimulatedClouds(folder)
    faults = [fault for _, fault in clouds.faults()]
    return _Reading(plan, machine, clouds.resources(), topology(clouds), Authority(folder), faults).live()


@dataclass(frozen=True)
class _Reading:
    plan: Plan
    machine: Machine
    records: list[Record]
    found: Topology
    authority: Authority
    faults: Sequence[Fault]

    def live(self) -> LiveTopology:
        regions = tuple(self._region(region) for region in self.plan.regions)
        entries = {region.name: self._entry(region.name) for region in self.plan.regions}
        fronts = tuple(self._joint_fronts())
        return LiveTopology(
            regions=regions,
            front=fronts,
            entry=self._clients_entry(entries),
            entries={name: symbol for name, symbol in entries.items() if symbol},
            server_name=cloud.front_name(self.plan.name, self.plan.domain),
            trusted=contents.own_certificates(self.records) + self.authority.certificate,
        )

    # One region

    def _region(self, region: RegionPlan) -> LiveRegion:
        versions = tuple(map(self._version, region.fleets))
        groups = [group for version in region.fleets for group in self._fleet_groups(version)]
        return LiveRegion(
            name=region.name,
            versions=versions,
            balancers=tuple(self._own_balancers(region, versions)),
            gateway=self._gateway(region),
            short="; ".join(group.message for group in groups if group.message),
        )

    def _version(self, version: RegionPlan) -> LiveVersion:
        count = sum(len(group.instances) for group in self._fleet_groups(version))
        server = stand_in(self.plan, version, self.machine)
        return LiveVersion(
            replicas=version.model_copy(update={"min_replicas": count}).replica_names,
            revision=self.plan.revision_in(version),
            server=misbehaving(server, self.faults, self.plan, version),
        )

    def _own_balancers(self, region: RegionPlan, versions: Sequence[LiveVersion]) -> Iterator[LiveBalancer]:
        front = self._own_front(region)
        replicas = {
            version.slot: live.replicas for version, live in zip(region.fleets, versions, strict=True)
        }
        # One for each slot, used or not: one more would be another Envoy, and cut what goes through this one.
        for slot in cloud.FLEET_PORTS:
            yield LiveBalancer(_fleet(region.name, slot), (replicas.get(slot, ()),), CHECK, moving=True)
        if front is not None:
            symbols = (_gateway(region.name),) if self._runs_gateway(region) else ()
            yield LiveBalancer(
                _front(region.name),
                (symbols,),
                CHECK,
                tls=contents.tls_of(front.record, self.records, self.authority),
            )

    def _gateway(self, region: RegionPlan) -> LiveGateway | None:
        objects = contents.gateway_files(self.records, region)
        if not self._runs_gateway(region) or not objects:
            return None
        return LiveGateway(
            symbol=_gateway(region.name),
            objects=contents.trusting(objects, self.authority),
            secret=contents.keys(self.records),
            hosts=dict(self._hosts(region, objects)),
        )

    def _hosts(self, region: RegionPlan, objects: Mapping[str, str]) -> Iterator[tuple[Address, str]]:
        """What the simulated private DNS answers for every name in the gateway's files."""
        for address in sorted(addresses(objects)):
            host, port = address
            if host == EVERYWHERE:
                yield address, _gateway(region.name)
            elif symbol := self._answer(region, host, port):
                yield address, symbol

    def _answer(self, region: RegionPlan, host: str, port: int) -> str:
        values = contents.private_answers(self.found.names, self.records, region, host)
        front = next((f for f in self.found.fronts if f.address in values and f.port == port), None)
        if front is None:
            return ""
        return self._symbol(front, region)

    def _symbol(self, front: Front, asking: RegionPlan) -> str:
        """The symbol of a front; one that spans regions is told from others by its address."""
        for region in self.plan.regions:
            for version in region.fleets:
                if front is self._fleet_front(version):
                    return _fleet(region.name, version.slot)
            if front is self._own_front(region):
                return _front(region.name)
        return _joint(front)

    # Groups and fronts

    def _fleet_groups(self, version: RegionPlan) -> tuple[Group, ...]:
        fleet = self._fleet_front(version)
        numbers = {record.number for record in fleet.groups} if fleet else set()
        return tuple(group for group in self.found.groups if group.record.number in numbers)

    def _runs_gateway(self, region: RegionPlan) -> bool:
        fleet = {group.record.number for version in region.fleets for group in self._fleet_groups(version)}
        behind = {
            record.number
            for front in self.found.fronts
            if not front.internal
            for record in front.groups
            if contents.region_of(record) == region.location and record.number not in fleet
        }
        return any(group.instances for group in self.found.groups if group.record.number in behind)

    def _fleet_front(self, version: RegionPlan) -> Front | None:
        """The internal load balancer's part for a version: where it listens for its slot."""
        port = cloud.FLEET_PORTS[version.slot]
        fronts = (front for front in self._only(version) if front.internal and front.port == port)
        return next(fronts, None)

    def _own_front(self, region: RegionPlan) -> Front | None:
        return next((front for front in self._only(region) if not front.internal), None)

    def _only(self, region: RegionPlan) -> Iterator[Front]:
        """The fronts that lead to this region alone."""
        for front in self.found.fronts:
            if {contents.region_of(record) for record in front.groups} == {region.location}:
                yield front

    # What joins regions

    def _joint_fronts(self) -> Iterator[LiveBalancer]:
        for accelerator in self.found.accelerators:
            tiers = [
                (_front(region.name),)
                for region in self._open_first()
                if self._behind(region, accelerator.endpoints.get(region.location, ()))
            ]
            yield LiveBalancer(_ACCELERATOR, tuple(tiers), OVER_TLS, layer="tcp", moving=True)
        for front in self.found.fronts:
            locations = {contents.region_of(record) for record in front.groups}
            if front.internal or len(locations) < 2:
                continue
            tiers = [
                (_gateway(region.name),)
                for region in self._open_first()
                if region.location in locations and self._runs_gateway(region)
            ]
            tls = contents.tls_of(front.record, self.records, self.authority)
            yield LiveBalancer(_joint(front), tuple(tiers), CHECK, tls=tls, moving=True)
        if self.plan.domain and (tiers := [(symbol,) for symbol in self._named()]):
            yield LiveBalancer(_DOMAIN, tuple(tiers), OVER_TLS, layer="tcp", moving=True)

    def _open_first(self) -> list[RegionPlan]:
        """Evacuated regions last, as they get no new clients while another one is well."""
        closed = closed_regions(self.records)
        return sorted(self.plan.regions, key=lambda region: region.location in closed)

    def _behind(self, region: RegionPlan, endpoints: tuple[str, ...]) -> bool:
        front = self._own_front(region)
        return front is not None and front.record.outputs.get("arn") in endpoints

    def _named(self) -> list[str]:
        """What the public name leads to, in the order of the plan's regions."""
        values = [
            value
            for name in self.found.names
            if not name.private and name.name == self.plan.domain
            for value in name.values
        ]
        return list(dict.fromkeys(symbol for value in values if (symbol := self._public(value))))

    def _public(self, value: str) -> str:
        if any(value.rstrip(".") == accelerator.dns_name for accelerator in self.found.accelerators):
            return _ACCELERATOR
        front = next(
            (f for f in self.found.fronts if not f.internal and f.address == value.rstrip(".")), None
        )
        return self._symbol(front, self.plan.regions[0]) if front else ""

    def _entry(self, region: str) -> str:
        plan = self.plan.region(region)
        if self._own_front(plan) is not None:
            return _front(region)
        joint = [front for front in self.found.fronts if not front.internal]
        for front in joint:
            if plan.location in {contents.region_of(record) for record in front.groups}:
                return _joint(front)
        return ""

    def _clients_entry(self, entries: Mapping[str, str]) -> str:
        if self.plan.domain and self._named():
            return _DOMAIN
        if self.plan.regions[0].provider == "aws" and self.found.accelerators:
            return _ACCELERATOR
        joint = [
            front
            for front in self.found.fronts
            if not front.internal and len({contents.region_of(record) for record in front.groups}) > 1
        ]
        if self.plan.regions[0].provider == "gcp" and joint:
            return _joint(joint[0])
        if first := next((symbol for symbol in entries.values() if symbol), ""):
            return first
        raise SimulationError(
            "nothing in the simulated clouds takes requests from outside",
            "`llmdeploy simulate show` lists what is there",
        )


_ACCELERATOR: Final = "accelerator"
_DOMAIN: Final = "domain"


def _fleet(region: str, slot: Slot) -> str:
    return f"{region} fleet" if slot == "blue" else f"{region} fleet {slot}"


def _front(region: str) -> str:
    return f"{region} front"


def _gateway(region: str) -> str:
    return f"{region} gateway"


def _joint(front: Front) -> str:
    return f"front {front.address}"
