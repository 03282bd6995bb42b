"""What a group of instances asks of its cloud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from llmdeploy.infra.simulate.fleet.endpoints import ENDPOINT, PREFIX, variants_of, wanted_of
from llmdeploy.infra.simulate.offline import aws, gcp
from llmdeploy.infra.simulate.records import Lifecycle, Record
from llmdeploy.infra.simulate.references.handles import candidates
from llmdeploy.infra.simulate.store import Store

_SUBNET: Final = "aws:ec2/subnet:Subnet"


@dataclass(frozen=True, slots=True)
class Want:
    """How many instances of what, where.

    Attributes:
        zones: where they may be.
        types: instance types in order of preference; empty for container tasks.
        on_demand: how many of them at least are on demand; the rest is spot.
        evenly: the zones must not differ by more than one, even if some stay missing.
    """

    count: int
    zones: tuple[str, ...]
    types: tuple[str, ...]
    on_demand: int
    evenly: bool = False

    def lifecycle(self, index: int) -> Lifecycle:
        """Of the instance of that index."""
        return "on-demand" if index < self.on_demand else "spot"


def want_of(store: Store, record: Record) -> Want | None:
    """What a resource asks for; None for one that runs no instances."""
    read = _READERS.get(record.token)
    return read(store, record) if read else None


def is_group(token: str) -> bool:
    """Whether resources of the type run instances."""
    return token in _READERS


def _auto_scaling_group(store: Store, record: Record) -> Want:
    inputs = record.inputs
    count = _first(inputs.get("desiredCapacity"), inputs.get("minSize"), 0)
    policy = inputs.get("mixedInstancesPolicy") or {}
    template = _launch_template(store, inputs, policy)
    overrides = [
        each.get("instanceType") for each in (policy.get("launchTemplate") or {}).get("overrides") or []
    ]
    types = tuple(each for each in overrides if each) or tuple(filter(None, [template.get("instanceType")]))
    zones = tuple(inputs.get("availabilityZones") or _zones(store, inputs.get("vpcZoneIdentifiers") or []))
    return Want(count, zones, types, _on_demand(count, policy, template))


def _on_demand(count: int, policy: dict[str, Any], template: dict[str, Any]) -> int:
    if not policy:
        market = (template.get("instanceMarketOptions") or {}).get("marketType")
        return 0 if market == "spot" else count
    spread = policy.get("instancesDistribution") or {}
    base = int(spread.get("onDemandBaseCapacity", 0))
    share = float(spread.get("onDemandPercentageAboveBaseCapacity", 100)) / 100
    above = max(count - base, 0)
    return min(count, base + round(above * share))


def _launch_template(store: Store, inputs: dict[str, Any], policy: dict[str, Any]) -> dict[str, Any]:
    inside = (policy.get("launchTemplate") or {}).get("launchTemplateSpecification") or {}
    named = inputs.get("launchTemplate") or {}
    handle = _first(
        inside.get("launchTemplateId"),
        inside.get("launchTemplateName"),
        named.get("id"),
        named.get("name"),
        "",
    )
    return _answer(store, "aws:ec2/launchTemplate:LaunchTemplate", handle)


def _service(store: Store, record: Record) -> Want:
    inputs = record.inputs
    subnets = (inputs.get("networkConfiguration") or {}).get("subnets") or []
    count = int(inputs.get("desiredCount", 0))
    return Want(count, tuple(_zones(store, subnets)), (), count)


def _endpoint(store: Store, record: Record) -> Want:
    """SageMaker chooses among all zones that offer the type; nobody sees which."""
    variants = variants_of(store, record)
    count = wanted_of(store, record)
    types = tuple(dict.fromkeys(str(each.get("instanceType", "")) for each in variants))
    offered = aws.offerings(record.region)
    zones = sorted({zone for kind in types for zone in offered.get(kind.removeprefix(PREFIX), ())})
    return Want(count, tuple(zones), types, count)


def _instance_group(store: Store, record: Record) -> Want:
    inputs = record.inputs
    region = str(record.outputs.get("region", "")).rpartition("/")[2]
    zones = tuple(
        each.rpartition("/")[2] for each in inputs.get("distributionPolicyZones") or []
    ) or gcp.zones(region)
    versions = inputs.get("versions") or [{}]
    template = _template(store, versions[0].get("instanceTemplate", ""))
    count = _group_size(store, record)
    spot = (template.get("scheduling") or {}).get("provisioningModel") == "SPOT"
    shape = inputs.get("distributionPolicyTargetShape", "EVEN")
    types = tuple(filter(None, [str(template.get("machineType", "")).rpartition("/")[2]]))
    return Want(count, zones, types, 0 if spot else count, evenly=shape == "EVEN")


def _zonal_group(store: Store, record: Record) -> Want:
    inputs = record.inputs
    versions = inputs.get("versions") or [{}]
    template = _template(store, versions[0].get("instanceTemplate", ""))
    count = _group_size(store, record)
    types = tuple(filter(None, [str(template.get("machineType", "")).rpartition("/")[2]]))
    return Want(count, (str(record.outputs.get("zone", "")).rpartition("/")[2],), types, count)


def _template(store: Store, handle: str) -> dict[str, Any]:
    for token in (
        "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
        "gcp:compute/instanceTemplate:InstanceTemplate",
    ):
        found = _answer(store, token, handle)
        if found:
            return found
    return {}


def _group_size(store: Store, record: Record) -> int:
    """A managed group whose autoscaler goes keeps the size that it had."""
    size = _first(record.inputs.get("targetSize"), _autoscaled(store, record))
    return len(store.instances(record.number)) if size is None else int(size)


def _autoscaled(store: Store, record: Record) -> int | None:
    for user in store.users(record.number):
        if user.token in AUTOSCALERS:
            policy = user.inputs.get("autoscalingPolicy") or {}
            return int(policy.get("minReplicas", 0))
    return None


def _answer(store: Store, token: str, handle: str) -> dict[str, Any]:
    for each in candidates(handle):
        for record in store.answering(each):
            if record.token == token:
                return record.inputs
    return {}


def _zones(store: Store, subnets: list[str]) -> list[str]:
    zones = [
        record.outputs.get("availabilityZone", "")
        for subnet in subnets
        for record in store.answering(subnet)
        if record.token == _SUBNET
    ]
    return list(dict.fromkeys(filter(None, zones)))


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


AUTOSCALERS: Final = ("gcp:compute/regionAutoscaler:RegionAutoscaler", "gcp:compute/autoscaler:Autoscaler")
_READERS: Final[dict[str, Callable[[Store, Record], Want]]] = {
    "aws:autoscaling/group:Group": _auto_scaling_group,
    "aws:ecs/service:Service": _service,
    ENDPOINT: _endpoint,
    "gcp:compute/instanceGroupManager:InstanceGroupManager": _zonal_group,
    "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager": _instance_group,
}


def zones_with(package: str, region: str, kind: str) -> tuple[str, ...] | None:
    """The zones of a region that offer an instance type; None for a type that does not exist."""
    if package == "gcp":
        return gcp.offered_in(region, kind)
    kind = kind.removeprefix(PREFIX)
    if kind not in aws.instance_types():
        return None
    return aws.offerings(region).get(kind, ())
