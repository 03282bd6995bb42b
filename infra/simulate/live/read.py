"""What the simulated clouds would run, read from what they hold: whatever is not wired there is not wired
here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.errors import SimulationError
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.infra.simulate.live import contents, symbols
from llmdeploy.infra.simulate.live.authority import Authority
from llmdeploy.infra.simulate.live.balancer import HealthCheck
from llmdeploy.infra.simulate.live.closed import closed_regions
from llmdeploy.infra.simulate.live.fronts import Fronts
from llmdeploy.infra.simulate.live.managed import FoundEndpoint, found_endpoint
from llmdeploy.infra.simulate.live.managed_service import gateway_task, live_service
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
from llmdeploy.infra.simulate.topology import Front, Topology, topology
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
    found, authority = topology(clouds), Authority(folder)
    return _Reading(plan, machine, clouds.resources(), found, authority, faults, clouds.settings()).live()


@dataclass(frozen=True)
class _Reading:
    plan: Plan
    machine: Machine
    records: list[Record]
    found: Topology
    authority: Authority
    faults: Sequence[Fault]
    settings: Mapping[str, Any]

    @property
    def fronts(self) -> Fronts:
        return Fronts(self.found)

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
        endpoints = self._endpoints(region)
        versions = tuple(self._version(each, endpoints.get(each.slot)) for each in region.fleets)
        groups = [group for version in region.fleets for group in self.fronts.fleet_groups(version)]
        answered = [
            (endpoints[each.slot], live)
            for each, live in zip(region.fleets, versions, strict=True)
            if each.slot in endpoints
        ]
        return LiveRegion(
            name=region.name,
            versions=versions,
            balancers=tuple(self._own_balancers(region, versions)),
            gateway=self._gateway(region, endpoints),
            service=live_service(region, answered, self.authority, self.settings),
            short="; ".join(group.message for group in groups if group.message),
        )

    def _endpoints(self, region: RegionPlan) -> dict[Slot, FoundEndpoint]:
        """The managed endpoints of its versions that are there."""
        files = contents.gateway_files(self.records, self._asking(region)[0])
        found = {each.slot: found_endpoint(self.records, files, self.plan, each) for each in region.fleets}
        return {slot: each for slot, each in found.items() if each is not None}

    def _asking(self, region: RegionPlan) -> list[RegionPlan]:
        """The regions whose gateways ask a region's endpoints: its own, or all that have one."""
        return [region] if region.has_gateway else [each for each in self.plan.regions if each.has_gateway]

    def _direct(self) -> dict[str, str]:
        """The hosts that all gateways ask themselves, and the regions that those are in."""
        return {
            endpoint.host: region.name
            for region in self.plan.regions
            if not region.has_gateway
            for endpoint in self._endpoints(region).values()
        }

    def _version(self, version: RegionPlan, endpoint: FoundEndpoint | None) -> LiveVersion:
        count = sum(len(group.instances) for group in self.fronts.fleet_groups(version))
        if version.managed is not None:
            count = endpoint.count if endpoint else 0
        server = stand_in(self.plan, version, self.machine)
        return LiveVersion(
            replicas=version.model_copy(update={"min_replicas": count}).replica_names,
            revision=self.plan.revision_in(version),
            server=misbehaving(server, self.faults, self.plan, version),
            relays=tuple(self._relays(version)),
            managed=endpoint is not None,
        )

    def _relays(self, version: RegionPlan) -> Iterator[str]:
        for asking in self._asking(self.plan.region(version.name)):
            relays = cloud.region_relays(self.plan, asking, self.plan.domain)
            own = next(each for each in relays if (each.region, each.slot) == (version.name, version.slot))
            yield symbols.relay(symbols.gateway(asking.name), own.port)

    def _own_balancers(self, region: RegionPlan, versions: Sequence[LiveVersion]) -> Iterator[LiveBalancer]:
        if not region.has_gateway:
            return
        front = self.fronts.own_front(region)
        replicas = {
            version.slot: live.replicas
            for version, live in zip(region.fleets, versions, strict=True)
            # Before those of a managed endpoint stands its service.
            if version.managed is None
        }
        # One for each slot, used or not: one more would be another Envoy, and cut what goes through this one.
        for slot in cloud.FLEET_PORTS:
            yield LiveBalancer(
                symbols.fleet(region.name, slot), (replicas.get(slot, ()),), CHECK, moving=True
            )
        if front is not None:
            gateways = (symbols.gateway(region.name),) if self.fronts.runs_gateway(region) else ()
            yield LiveBalancer(
                symbols.front(region.name),
                (gateways,),
                CHECK,
                tls=contents.tls_of(front.record, self.records, self.authority),
            )

    def _gateway(self, region: RegionPlan, endpoints: Mapping[Slot, FoundEndpoint]) -> LiveGateway | None:
        objects = contents.gateway_files(self.records, region)
        if not self.fronts.runs_gateway(region) or not objects:
            return None
        task = gateway_task(region, endpoints, self.authority)
        services = self._direct() | {each.host: region.name for each in endpoints.values()}
        return LiveGateway(
            symbol=symbols.gateway(region.name),
            objects=contents.trusting(objects, self.authority),
            secret=contents.keys(self.records),
            hosts=dict(self._hosts(region, objects, services)),
            environment=task.environment,
            audiences=task.audiences,
            tokens=task.tokens,
        )

    def _hosts(
        self, region: RegionPlan, objects: Mapping[str, str], services: Mapping[str, str]
    ) -> Iterator[tuple[Address, str]]:
        """What the simulated private DNS answers for every name in the gateway's files, and who stands at the
        names of the clouds' own services.

        Args:
            services: the region of each of those names.
        """
        for address in sorted(addresses(objects)):
            host, port = address
            if host == EVERYWHERE:
                yield address, symbols.gateway(region.name)
            elif host in services:
                yield address, symbols.services(services[host])
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
                if front is self.fronts.fleet_front(version):
                    return symbols.fleet(region.name, version.slot)
            if front is self.fronts.own_front(region):
                return symbols.front(region.name)
        return symbols.joint(front)

    # What joins regions

    def _joint_fronts(self) -> Iterator[LiveBalancer]:
        for accelerator in self.found.accelerators:
            tiers = [
                (symbols.front(region.name),)
                for region in self._open_first()
                if self._behind(region, accelerator.endpoints.get(region.location, ()))
            ]
            yield LiveBalancer(symbols.ACCELERATOR, tuple(tiers), OVER_TLS, layer="tcp", moving=True)
        for front in self.found.fronts:
            locations = {contents.region_of(record) for record in front.groups}
            if front.internal or len(locations) < 2:
                continue
            tiers = [
                (symbols.gateway(region.name),)
                for region in self._open_first()
                if region.location in locations and self.fronts.runs_gateway(region)
            ]
            tls = contents.tls_of(front.record, self.records, self.authority)
            yield LiveBalancer(symbols.joint(front), tuple(tiers), CHECK, tls=tls, moving=True)
        if self.plan.domain and (tiers := [(symbol,) for symbol in self._named()]):
            yield LiveBalancer(symbols.DOMAIN, tuple(tiers), OVER_TLS, layer="tcp", moving=True)

    def _open_first(self) -> list[RegionPlan]:
        """Evacuated regions last, as they get no new clients while another one is well."""
        closed = closed_regions(self.records)
        return sorted(self.plan.regions, key=lambda region: region.location in closed)

    def _behind(self, region: RegionPlan, endpoints: tuple[str, ...]) -> bool:
        front = self.fronts.own_front(region)
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
            return symbols.ACCELERATOR
        front = next(
            (f for f in self.found.fronts if not f.internal and f.address == value.rstrip(".")), None
        )
        return self._symbol(front, self.plan.regions[0]) if front else ""

    def _entry(self, region: str) -> str:
        plan = self.plan.region(region)
        if self.fronts.own_front(plan) is not None:
            return symbols.front(region)
        joint = [front for front in self.found.fronts if not front.internal]
        for front in joint:
            if plan.location in {contents.region_of(record) for record in front.groups}:
                return symbols.joint(front)
        return ""

    def _clients_entry(self, entries: Mapping[str, str]) -> str:
        if self.plan.domain and self._named():
            return symbols.DOMAIN
        first_entered = next(region for region in self.plan.regions if region.has_gateway)
        if first_entered.provider == "aws" and self.found.accelerators:
            return symbols.ACCELERATOR
        joint = [
            front
            for front in self.found.fronts
            if not front.internal and len({contents.region_of(record) for record in front.groups}) > 1
        ]
        if first_entered.provider == "gcp" and joint:
            return symbols.joint(joint[0])
        if first := next((symbol for symbol in entries.values() if symbol), ""):
            return first
        raise SimulationError(
            "nothing in the simulated clouds takes requests from outside",
            "`llmdeploy simulate show` lists what is there",
        )
