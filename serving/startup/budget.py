"""The seconds of a start, part by part, and the limits that follow from their sum."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.catalog.instances import InstanceType
from llmdeploy.serving.catalog.startup import StartupFacts, startup_facts
from llmdeploy.serving.startup import rates
from llmdeploy.serving.startup.disk import choose_disk
from llmdeploy.serving.startup.plan import DiskPlan, StartupPart, StartupPlan
from llmdeploy.serving.startup.probes import healing_probe, traffic_probe

MARGIN = 1.5
"""The budget over what is expected: facts of others' fleets put grace periods at 1.5 × the measured load."""
STEP_S = 30
"""Limits are whole half minutes: finer ones would change with every catalog row, and roll fleets."""
MOST_S = 3600
"""The longest `initial_delay_sec` of a managed instance group (compute API), in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartupAsk:
    """A replica that is to start. GiB."""

    server: str
    """As the catalog's tables name it: Triton once for each backend."""
    instance: InstanceType
    stored_gib: float
    """Weights as the bucket has them, adapters and a draft model included."""
    loaded_gib: float
    """Weights in the GPUs; less than stored when the server quantizes while it loads."""
    probe_timeout_s: float


def startup_plan(ask: StartupAsk) -> StartupPlan:
    """Every part with its reason, the disk, and grace, warm-up, time-out and probes together."""
    facts = startup_facts(ask.server)
    disk = choose_disk(ask.instance, facts.image_gib, facts.unpacked_gib, ask.stored_gib)
    parts = (
        StartupPart(name="boot", seconds=rates.BOOT_S, limited_by="instance and driver", source="assumption"),
        _image(ask, facts, disk),
        _weights(ask, disk),
        _load(ask, disk),
        StartupPart(
            name="warm-up",
            seconds=facts.warm_up_s,
            limited_by="profiling, compilation, CUDA graphs",
            source=facts.warm_up_source,
        ),
    )
    expected = sum(part.seconds for part in parts)
    first_pull = facts.image_gib / rates.FIRST_PULL_GIB_S
    timeout = _rounded((expected + first_pull) * MARGIN)
    return StartupPlan(
        parts=parts,
        disk=disk,
        expected_s=_rounded(expected),
        first_pull_s=_rounded(first_pull),
        timeout_s=timeout,
        grace_s=min(timeout, MOST_S) if ask.instance.provider == "gcp" else timeout,
        warm_up_s=min(_rounded(expected), MOST_S),
        traffic=traffic_probe(ask.instance.provider, ask.probe_timeout_s),
        healing=healing_probe(ask.instance.provider, ask.probe_timeout_s),
    )


def _image(ask: StartupAsk, facts: StartupFacts, disk: DiskPlan) -> StartupPart:
    ways = {
        "network": facts.image_gib / _network_gib_s(ask.instance),
        "unpacking": facts.image_gib / rates.UNPACK_GIB_S,
        "disk": facts.unpacked_gib * 1024 / disk.write_mib_s,
    }
    return _slowest("image", ways, facts.image_source)


def _weights(ask: StartupAsk, disk: DiskPlan) -> StartupPart:
    ways = {
        "network": ask.stored_gib / _network_gib_s(ask.instance),
        "bucket": ask.stored_gib / rates.BUCKET_GIB_S,
        "disk": ask.stored_gib * 1024 / disk.write_mib_s,
    }
    return _slowest("weights", ways, "catalog network, disk plan; rates are assumptions")


def _load(ask: StartupAsk, disk: DiskPlan) -> StartupPart:
    ways = {"copy to the GPUs": ask.loaded_gib / rates.LOAD_GIB_S}
    if ask.stored_gib > ask.instance.memory_gib * rates.PAGE_CACHE_SHARE:
        ways["disk"] = ask.stored_gib * 1024 / disk.read_mib_s
    return _slowest("load", ways, "vllm-project/vllm#44881; disk plan")


def _slowest(name: str, ways: dict[str, float], source: str) -> StartupPart:
    limit = max(ways, key=lambda way: ways[way])
    found = {"name": name, "seconds": round(ways[limit], 1), "limited_by": limit, "source": source}
    return StartupPart.model_validate(found)


def _network_gib_s(instance: InstanceType) -> float:
    gbps = instance.network_gbps or rates.UNKNOWN_NETWORK_GBPS
    return gbps * rates.NETWORK_SHARE * rates.GIB_PER_GBIT


def _rounded(seconds: float) -> int:
    return int(-(-seconds // STEP_S) * STEP_S)
