"""Quotas that the simulation was given, against what its instances use."""

from __future__ import annotations

from typing import Final

from llmdeploy.infra.simulate.faults import Faults
from llmdeploy.infra.simulate.fleet.endpoints import PREFIX, limit_name
from llmdeploy.infra.simulate.offline import aws
from llmdeploy.infra.simulate.records import Lifecycle, Record
from llmdeploy.infra.simulate.store import Store
from llmdeploy.serving.catalog.instances import instance_types

AWS_CODES: Final = {
    ("g", "on-demand"): "L-DB2E81BA",
    ("vt", "on-demand"): "L-DB2E81BA",
    ("p", "on-demand"): "L-417A185B",
    ("g", "spot"): "L-3819A6DF",
    ("vt", "spot"): "L-3819A6DF",
    ("p", "spot"): "L-7212CCBC",
}
"""Family → quota of its vCPUs in a region. Source: skypilot-org/skypilot-catalog,
catalogs/v5/aws/instance_quota_mapping.csv, checked 2026-11-24."""
_P5_SPOT: Final = "L-C4BD4855"
_OTHERS: Final = {"on-demand": "L-1216C47A", "spot": "L-34B43A08"}

_VCPU: Final = (
    "Could not launch {lifecycle} Instances. VcpuLimitExceeded - You have requested more "
    "vCPU capacity than your current vCPU limit of {limit} allows for the instance bucket that the "
    "specified instance type belongs to."
)
_GPUS: Final = "QUOTA_EXCEEDED: Quota '{name}' exceeded.  Limit: {limit}.0 in region {region}."


def quota_name(package: str, kind: str, lifecycle: Lifecycle) -> str:
    """The quota that an instance type counts against; empty when none is known."""
    if package == "gcp":
        machine = instance_types("gcp").get(kind)
        preempted = "PREEMPTIBLE_" if lifecycle == "spot" else ""
        return f"{preempted}NVIDIA_{machine.gpu.upper().replace('-', '_')}_GPUS" if machine else ""
    if kind.startswith(PREFIX):
        return limit_name(kind)
    if kind.startswith("p5") and lifecycle == "spot":
        return _P5_SPOT
    family = "vt" if kind.startswith("vt") else kind[:1]
    return AWS_CODES.get((family, lifecycle), _OTHERS[lifecycle])


def exhausted(store: Store, record: Record, kind: str, lifecycle: Lifecycle) -> str:
    """The cloud's words when one more instance would be over the quota; empty when it would not."""
    name = quota_name(record.package, kind, lifecycle) if kind else ""
    for fault in Faults(store).of("quota"):
        if fault.type != name or fault.region not in {"", record.region}:
            continue
        if _used(store, record, name) + _size(record.package, kind) > fault.limit:
            words = _VCPU if record.package == "aws" else _GPUS
            shown = "Spot" if lifecycle == "spot" else "On-Demand"
            return words.format(lifecycle=shown, limit=fault.limit, name=name, region=record.region)
    return ""


def _used(store: Store, record: Record, name: str) -> int:
    """What all instances of the region use of a quota."""
    groups = {each.number: each for each in store.all() if each.region == record.region}
    return sum(
        _size(record.package, instance.type)
        for instance in store.instances()
        if instance.group in groups and quota_name(record.package, instance.type, instance.lifecycle) == name
    )


def _size(package: str, kind: str) -> int:
    """vCPUs for AWS, GPUs for Google Cloud."""
    if package == "gcp":
        machine = instance_types("gcp").get(kind)
        return machine.gpus if machine else 0
    if kind.startswith(PREFIX):
        return 1
    return int(aws.instance_types().get(kind, {}).get("VCpuInfo", {}).get("DefaultVCpus", 0))
