"""What leads where in the simulated clouds: names to fronts, fronts to groups, groups to instances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.fleet.want import is_group
from llmdeploy.infra.simulate.records import Instance, Record

_BALANCER: Final = "aws:lb/loadBalancer:LoadBalancer"
_ZONE: Final = "aws:route53/zone:Zone"
_TARGETS: Final = "aws:lb/targetGroup:TargetGroup"
_RULES: Final = (
    "gcp:compute/globalForwardingRule:GlobalForwardingRule",
    "gcp:compute/forwardingRule:ForwardingRule",
)
_BACKENDS: Final = (
    "gcp:compute/backendService:BackendService",
    "gcp:compute/regionBackendService:RegionBackendService",
)
_ON_THE_WAY: Final = frozenset(
    {
        "aws:lb/listener:Listener",
        "aws:lb/listenerRule:ListenerRule",
        "gcp:compute/targetHttpProxy:TargetHttpProxy",
        "gcp:compute/targetHttpsProxy:TargetHttpsProxy",
        "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy",
        "gcp:compute/regionTargetHttpsProxy:RegionTargetHttpsProxy",
        "gcp:compute/uRLMap:URLMap",
        "gcp:compute/regionUrlMap:RegionUrlMap",
        *_BACKENDS,
    }
)


@dataclass(frozen=True, slots=True)
class Group:
    """A set of machines or tasks: Auto Scaling group, managed instance group, ECS service.

    Attributes:
        record: the resource.
        wanted: how many there should be; more than there are in a shortage.
        message: why some are missing; empty when none are.
    """

    record: Record
    instances: tuple[Instance, ...]
    wanted: int
    message: str


@dataclass(frozen=True, slots=True)
class Front:
    """Something that takes connections: a load balancer, a forwarding rule.

    Attributes:
        address: its DNS name or IP address.
        port: where it listens; 0 where that is not known.
        groups: resources of the groups behind it.
        internal: not to be reached from outside.
    """

    record: Record
    address: str
    port: int
    groups: tuple[Record, ...]
    internal: bool


@dataclass(frozen=True, slots=True)
class Name:
    """A DNS record. `values`: addresses, or names for CNAME and alias records; `policy`: routing, as
    given.
    """

    record: Record
    name: str
    type: str
    private: bool
    values: tuple[str, ...]
    policy: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Accelerator:
    """A Global Accelerator: its name, addresses, and the fronts (by ARN) of each region."""

    record: Record
    dns_name: str
    addresses: tuple[str, ...]
    endpoints: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Topology:
    """All of it."""

    groups: tuple[Group, ...]
    fronts: tuple[Front, ...]
    names: tuple[Name, ...]
    accelerators: tuple[Accelerator, ...]


def topology(clouds: SimulatedClouds) -> Topology:
    """Read it from the simulated clouds."""
    records = clouds.resources()
    graph = _Graph(clouds, records)
    return Topology(
        groups=tuple(_groups(clouds, records)),
        fronts=(*_balancers(graph), *_forwarding_rules(graph)),
        names=(*_route53(graph), *_cloud_dns(graph)),
        accelerators=tuple(_accelerators(graph)),
    )


class _Graph:
    """The resources and who names whom, read once."""

    def __init__(self, clouds: SimulatedClouds, records: list[Record]) -> None:
        self.records = records
        by_number = {record.number: record for record in records}
        self._targets: dict[int, list[Record]] = {}
        self._users: dict[int, list[Record]] = {}
        for number, target in clouds.edges():
            if number in by_number and target in by_number:
                self._targets.setdefault(number, []).append(by_number[target])
                self._users.setdefault(target, []).append(by_number[number])

    def of(self, *tokens: str) -> list[Record]:
        return [record for record in self.records if record.token in tokens]

    def targets(self, record: Record) -> list[Record]:
        return self._targets.get(record.number, [])

    def users(self, record: Record, *tokens: str) -> list[Record]:
        return [each for each in self._users.get(record.number, []) if each.token in tokens]

    def groups_behind(self, records: Iterable[Record]) -> tuple[Record, ...]:
        """Groups that are reached from the records by way of listeners, proxies, maps and services."""
        found: dict[int, Record] = {}
        todo, seen = list(records), set[int]()
        while todo:
            record = todo.pop()
            if record.number in seen:
                continue
            seen.add(record.number)
            if is_group(record.token):
                found[record.number] = record
            elif record.token == _TARGETS:
                todo += [user for user in self._users.get(record.number, []) if is_group(user.token)]
            else:
                todo += [
                    each
                    for each in self.targets(record)
                    if each.token in _ON_THE_WAY or each.token == _TARGETS or is_group(each.token)
                ]
        return tuple(found[number] for number in sorted(found))


def _groups(clouds: SimulatedClouds, records: list[Record]) -> Iterable[Group]:
    shortages = {shortage.group: shortage for shortage in clouds.shortages()}
    running: dict[int, list[Instance]] = {}
    for instance in clouds.instances():
        running.setdefault(instance.group, []).append(instance)
    for record in records:
        if is_group(record.token):
            instances = tuple(running.get(record.number, ()))
            lack = shortages.get(record.number)
            yield Group(
                record, instances, lack.wanted if lack else len(instances), lack.message if lack else ""
            )


def _balancers(graph: _Graph) -> Iterable[Front]:
    for record in graph.of(_BALANCER):
        for listener in graph.users(record, "aws:lb/listener:Listener"):
            rules = graph.users(listener, "aws:lb/listenerRule:ListenerRule")
            yield Front(
                record,
                str(record.outputs.get("dnsName", "")),
                int(listener.inputs.get("port", 0)),
                graph.groups_behind(
                    [*[each for each in graph.targets(listener) if each.token == _TARGETS], *rules]
                ),
                record.inputs.get("internal") is True,
            )


def _forwarding_rules(graph: _Graph) -> Iterable[Front]:
    for record in graph.of(*_RULES):
        address = str(record.outputs.get("ipAddress", ""))
        reserved = [each for each in graph.targets(record) if each.type in {"GlobalAddress", "Address"}]
        if reserved:
            address = str(reserved[0].outputs.get("address", address))
        port = str(record.inputs.get("portRange") or next(iter(record.inputs.get("ports") or []), "0"))
        yield Front(
            record,
            address,
            int(port.partition("-")[0]),
            graph.groups_behind(graph.targets(record)),
            str(record.inputs.get("loadBalancingScheme", "")).startswith("INTERNAL"),
        )


def _route53(graph: _Graph) -> Iterable[Name]:
    for record in graph.of("aws:route53/record:Record"):
        inputs = record.inputs
        aliases = [str(each.get("name", "")) for each in inputs.get("aliases") or []]
        zones = [each for each in graph.targets(record) if each.token == _ZONE]
        policy = {key: value for key, value in inputs.items() if "RoutingPolic" in key}
        values = tuple(aliases or inputs.get("records") or [])
        private = any(zone.inputs.get("vpcs") for zone in zones)
        yield Name(
            record,
            _full(str(inputs.get("name", "")), zones),
            str(inputs.get("type", "")),
            private,
            values,
            policy,
        )


def _full(name: str, zones: list[Record]) -> str:
    domain = str(zones[0].outputs.get("name", "")).rstrip(".") if zones else ""
    name = name.rstrip(".")
    return (
        name
        if not domain or name == domain or name.endswith(f".{domain}")
        else f"{name}.{domain}".lstrip(".")
    )


def _cloud_dns(graph: _Graph) -> Iterable[Name]:
    for record in graph.of("gcp:dns/recordSet:RecordSet"):
        zones = [each for each in graph.targets(record) if each.type == "ManagedZone"]
        private = any(zone.inputs.get("visibility") == "private" for zone in zones)
        inputs = record.inputs
        policy = inputs.get("routingPolicy") or {}
        name = str(inputs.get("name", "")).rstrip(".")
        yield Name(
            record, name, str(inputs.get("type", "")), private, tuple(inputs.get("rrdatas") or []), policy
        )


def _accelerators(graph: _Graph) -> Iterable[Accelerator]:
    for record in graph.of("aws:globalaccelerator/accelerator:Accelerator"):
        endpoints: dict[str, tuple[str, ...]] = {}
        for listener in graph.users(record, "aws:globalaccelerator/listener:Listener"):
            for group in graph.users(listener, "aws:globalaccelerator/endpointGroup:EndpointGroup"):
                found = [
                    str(each.get("endpointId", ""))
                    for each in group.inputs.get("endpointConfigurations") or []
                ]
                endpoints[str(group.inputs.get("endpointGroupRegion", ""))] = tuple(found)
        sets = record.outputs.get("ipSets") or [{}]
        yield Accelerator(
            record, str(record.outputs.get("dnsName", "")), tuple(sets[0].get("ipAddresses", ())), endpoints
        )
