"""What Google Cloud needs: GPUs by model and purchase, all of them together, and CPUs."""

from __future__ import annotations

import math
from collections.abc import Iterator

from llmdeploy.infra.preflight.clouds.protocol import QuotaName
from llmdeploy.infra.preflight.needs.need import (
    HeldIn,
    Own,
    QuotaNeed,
    gateway_tier,
    own_replicas,
    purchases,
    quota_table,
    where_deployed,
)
from llmdeploy.serving.catalog.instances import InstanceType, instance_types
from llmdeploy.serving.plan.hardware import HardwarePlan
from llmdeploy.serving.plan.model import Plan, RegionPlan

_SERVICE = "compute.googleapis.com"
_LEAST_GATEWAY_CPUS = 2
"""Of an e2-standard-2, the smallest machine that gateways run on (`llmdeploy.modules.gcp.gateway`)."""


def gcp_needs(region: RegionPlan, hardware: HardwarePlan) -> Iterator[QuotaNeed]:
    """Of one region."""
    if region.managed is not None:
        yield _gateways(region)
        return
    instance = instance_types("gcp")[hardware.instance]
    name = "h100-mega" if "megagpu" in instance.name else instance.gpu
    row = quota_table("gcp")["gpus"].get(name)
    for purchase, least in purchases(region, hardware, instance):
        on_demand = purchase == "on-demand"
        yield QuotaNeed(
            region.name,
            _gpu_quota(row, preemptible=not on_demand) if row else None,
            f"{instance.gpu} GPUs {'on demand' if on_demand else 'preemptible'}",
            least * instance.gpus,
            most_replicas(region, hardware) * instance.gpus,
            own_replicas(region, purchase, instance.gpus),
        )
    yield from _cpus(region, hardware, instance)


def project_needs(plan: Plan) -> Iterator[QuotaNeed]:
    """What is counted over all regions of the project."""
    regions = [
        (each, each.hardware)
        for each in plan.regions
        if each.provider == "gcp" and each.hardware and not each.managed
    ]
    if not regions:
        return
    gpus = {each.name: instance_types("gcp")[hardware.instance].gpus for each, hardware in regions}

    def own(held: HeldIn) -> float:
        running = {each.name: held(each.location) for each, _ in regions}
        return sum((one.on_demand + one.spot) * gpus[name] for name, one in running.items())

    quota = quota_table("gcp")["all-regions"]
    yield QuotaNeed(
        "gcp",
        QuotaName(_SERVICE, quota["id"], quota["metric"]),
        "GPUs in all regions together",
        sum(each.min_replicas * gpus[each.name] for each, _ in regions),
        sum(most_replicas(each, hardware) * gpus[each.name] for each, hardware in regions),
        own,
    )


def most_replicas(region: RegionPlan, hardware: HardwarePlan) -> int:
    """In the middle of a rollout: a regional group starts as many new instances before it ends old ones as it
    has zones, but no more than it has old ones (`llmdeploy.modules.gcp.update`).
    """
    return region.max_replicas + min(len(hardware.zones) or 1, region.max_replicas)


def _cpus(region: RegionPlan, hardware: HardwarePlan, instance: InstanceType) -> Iterator[QuotaNeed]:
    """Gateways and N1 machines share one quota. A2 machines have their own; later ones have none that the API
    tells (compute discovery document, Quota.metric)."""
    table, gateways = quota_table("gcp"), _gateways(region)
    family = instance.name.partition("-")[0]
    if family not in ("n1", "a2"):
        yield gateways
        return
    least, most = region.min_replicas, most_replicas(region, hardware)
    own = _all_replicas(region, instance.vcpus)
    if family == "a2":
        yield gateways
        a2 = QuotaName(_SERVICE, table["a2-cpus"]["id"], table["a2-cpus"]["metric"])
        yield QuotaNeed(region.name, a2, "A2 CPUs", least * instance.vcpus, most * instance.vcpus, own)
        return
    yield QuotaNeed(
        region.name,
        gateways.name,
        "CPUs",
        gateways.least + least * instance.vcpus,
        gateways.most + most * instance.vcpus,
        lambda held: gateways.own(held) + own(held),
    )


def _gateways(region: RegionPlan) -> QuotaNeed:
    table, tier = quota_table("gcp"), gateway_tier(region)
    each = max(_LEAST_GATEWAY_CPUS, math.ceil(tier.vcpu))
    return QuotaNeed(
        region.name,
        QuotaName(_SERVICE, table["cpus"]["id"], table["cpus"]["metric"]),
        "CPUs",
        tier.least * each,
        tier.most * each,
        where_deployed(region, tier.least * each),
    )


def _all_replicas(region: RegionPlan, units: int) -> Own:
    on_demand, spot = own_replicas(region, "on-demand", units), own_replicas(region, "spot", units)
    return lambda held: on_demand(held) + spot(held)


def _gpu_quota(row: dict[str, str], *, preemptible: bool) -> QuotaName:
    name = row["name"]
    dashed = name.replace("_", "-")
    if preemptible:
        return QuotaName(
            _SERVICE, f"PREEMPTIBLE-{dashed}-GPUS-per-project-region", f"PREEMPTIBLE_{name}_GPUS"
        )
    if "family" in row:
        return QuotaName(_SERVICE, quota_table("gcp")["family-id"], family=row["family"])
    return QuotaName(_SERVICE, f"{dashed}-GPUS-per-project-region", f"{name}_GPUS")
