"""Starts and ends the instances that groups ask for, as far as there is capacity and quota."""

from __future__ import annotations

import secrets
import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from llmdeploy.infra.simulate.faults import Fault, Faults
from llmdeploy.infra.simulate.fleet.endpoints import ENDPOINT, NO_CAPACITY, PREFIX, failure_of
from llmdeploy.infra.simulate.fleet.quota import exhausted
from llmdeploy.infra.simulate.fleet.want import Want, want_of, zones_with
from llmdeploy.infra.simulate.records import Instance, Lifecycle, Record, Shortage
from llmdeploy.infra.simulate.store import Store

_NO_CAPACITY: Final = {
    "aws": (
        "Could not launch {lifecycle} Instances. InsufficientInstanceCapacity - We currently "
        "do not have sufficient "
        "{type} capacity in the Availability Zone you requested ({zone}). Our system will be working on "
        "provisioning additional capacity."
    ),
    "gcp": (
        "ZONE_RESOURCE_POOL_EXHAUSTED: The zone 'projects/simulated-project/zones/{zone}' "
        "does not have enough "
        "resources available to fulfill the request, '(resource type:{type})'."
    ),
}
_NOT_OFFERED: Final = {
    "aws": (
        "Unsupported - Your requested instance type ({type}) is not supported in your "
        "requested Availability Zone "
        "({zone})."
    ),
    "gcp": (
        "Invalid value for field 'resource.properties.machineType': '{type}'. Machine type "
        "does not exist in {zone}."
    ),
}


@dataclass(frozen=True, slots=True)
class _Slot:
    zone: str
    type: str


def settle(store: Store, record: Record) -> Shortage | None:
    """Make a group's instances what it wants, now. Returns what it lacks; None when it lacks nothing."""
    want = want_of(store, record)
    if want is None:
        return None
    if record.token == ENDPOINT and (failed := failure_of(store, record)):
        return failed
    running = store.instances(record.number)
    for instance in running[want.count :]:
        store.remove_instance(instance.id)
    message = ""
    for index in range(len(running), want.count):
        slot, message = _place(store, record, want, want.lifecycle(index))
        if slot is None:
            break
        store.add_instance(_started(record, slot, want.lifecycle(index)))
    has = len(store.instances(record.number))
    shortage = Shortage(record.number, want.count, has, message) if has < want.count else None
    store.set_shortage(record.number, shortage)
    return shortage


def settle_all(store: Store) -> None:
    """The same for every group: after faults were set or cleared."""
    with store.change():
        for record in store.all():
            settle(store, record)


def _place(store: Store, record: Record, want: Want, lifecycle: Lifecycle) -> tuple[_Slot | None, str]:
    """A place for one more instance, else the reason why there is none."""
    faults = Faults(store).of("capacity")
    counts = Counter(each.zone for each in store.instances(record.number))
    fullest_first = sorted(want.zones, key=lambda zone: (counts[zone], want.zones.index(zone)))
    reason = f"the group has no zones: {record.type} {record.name}"
    for zone in fullest_first[:1] if want.evenly else fullest_first:
        for kind in want.types or ("",):
            reason = _refusal(record, faults, zone, kind, lifecycle) or exhausted(
                store, record, kind, lifecycle
            )
            if not reason:
                return _Slot(zone, kind), ""
    return None, reason


def _refusal(record: Record, faults: list[Fault], zone: str, kind: str, lifecycle: Lifecycle) -> str:
    package = record.package
    words = {"type": kind, "zone": zone, "lifecycle": "Spot" if lifecycle == "spot" else "On-Demand"}
    if kind and zone not in (zones_with(package, _region(zone, package), kind) or ()):
        return _NOT_OFFERED[package].format(**words)
    if any(_lacks(fault, zone, kind, package) for fault in faults):
        told = NO_CAPACITY if kind.startswith(PREFIX) else _NO_CAPACITY[package]
        return told.format(**words)
    return ""


def _lacks(fault: Fault, zone: str, kind: str, package: str) -> bool:
    return (
        fault.type in {"", kind}
        and fault.zone in {"", zone}
        and fault.region in {"", _region(zone, package)}
        and not (fault.type == "" and kind == "")  # capacity is about machines, not about tasks
    )


def _region(zone: str, package: str) -> str:
    return zone.rpartition("-")[0] if package == "gcp" else zone[:-1]


def _started(record: Record, slot: _Slot, lifecycle: Lifecycle) -> Instance:
    address = f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{4 + secrets.randbelow(250)}"
    return Instance(
        _instance_id(record), record.number, slot.zone, slot.type, lifecycle, address, time.time()
    )


def _instance_id(record: Record) -> str:
    """As the cloud names it: not from the URN, as an instance that is started again has another id."""
    if record.package == "gcp":
        return f"{record.inputs.get('baseInstanceName', record.name)}-{secrets.token_hex(2)}"
    return secrets.token_hex(16) if record.type == "Service" else f"i-{secrets.token_hex(9)[:17]}"
