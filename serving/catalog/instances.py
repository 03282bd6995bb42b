"""The GPU instance types of each cloud, and the zones that offer them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

from llmdeploy.serving.catalog.regions import CLOUDS
from llmdeploy.serving.catalog.table import DATA


@dataclass(frozen=True, slots=True)
class InstanceType:
    """One instance type of `aws`, one machine type (with its GPUs) of `gcp`, or one VM size of `azure` that
    Azure ML rents for endpoints."""

    provider: str
    name: str
    """As the cloud names it; an n1 machine with its accelerators as `n1-standard-4+2xt4`."""
    gpu: str
    """A name of gpus.yaml."""
    gpus: int
    vcpus: int
    memory_gib: float
    nvme_gb: int
    """Local NVMe that comes with it, GB; 0: none."""
    network_gbps: float
    """The highest rate of all its network cards together, Gb/s; 0: not known."""
    on_demand: bool
    """False where the cloud rents it only as spot, by reservation, or by a queue such as DWS flex-start."""
    spot: bool
    source: str
    checked: str
    """ISO date."""


@cache
def instance_types(provider: str) -> dict[str, InstanceType]:
    """Every GPU instance type of one of `CLOUDS` by name; empty for any other provider."""
    table = _table("instances", provider)
    return {
        name: InstanceType(
            provider=provider,
            name=name,
            gpu=row["gpu"],
            gpus=row["gpus"],
            vcpus=row["vcpus"],
            memory_gib=row["memory_gib"],
            nvme_gb=row.get("nvme_gb", 0),
            network_gbps=row.get("network_gbps", 0.0),
            on_demand=row.get("on_demand", True),
            spot=row.get("spot", True),
            source=row.get("source", table.get("source", "")),
            checked=table["checked"],
        )
        for name, row in table.get("types", {}).items()
    }


@cache
def instances_in(region: str) -> tuple[InstanceType, ...]:
    """The instance types that `provider/location` offers; empty where none is known."""
    provider, _, location = region.partition("/")
    types = instance_types(provider)
    return tuple(types[name] for name in _offered(provider).get(location, {}))


def zones_offering(region: str, instance: str) -> tuple[str, ...]:
    """The zones of `provider/location` that offer an instance type, as their cloud names them; none where the
    zone is the cloud's own matter."""
    provider, _, location = region.partition("/")
    suffixes: str = _offered(provider).get(location, {}).get(instance, "")
    dash = "-" if provider == "gcp" else ""
    return tuple(f"{location}{dash}{suffix}" for suffix in suffixes.split())


def _offered(provider: str) -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = _table("offerings", provider).get("regions", {})
    return rows


@cache
def _table(name: str, provider: str) -> dict[str, Any]:
    file = DATA / f"{name}-{provider}.json"
    if provider not in CLOUDS:
        return {}
    table: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return table
