"""What a managed endpoint needs: services count their instances apart from those of one's own."""

from __future__ import annotations

import math
from collections.abc import Iterator

from llmdeploy.infra.preflight.clouds.protocol import QuotaName
from llmdeploy.infra.preflight.needs.need import QuotaNeed, quota_table, where_deployed
from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.plan.managed import ManagedPlan
from llmdeploy.serving.plan.model import RegionPlan


def managed_needs(region: RegionPlan, managed: ManagedPlan) -> Iterator[QuotaNeed]:
    """Of one region. A service without a quota of instances has none here."""
    match managed.service:
        case "sagemaker":
            name = QuotaName("sagemaker", "", title=f"{managed.unit} for endpoint usage")
            yield _need(region, name, f"{managed.unit} of endpoints", 1)
        case "vertex":
            yield from _vertex(region)
        case "cloud-run":
            name = QuotaName("run.googleapis.com", "", "run.googleapis.com/nvidia_l4_gpu_allocation")
            yield _need(region, name, "L4 GPUs of Cloud Run", 1)
        case "azure-ml":
            yield from _azure_ml(region, managed.unit)
        case "bedrock":
            return


def _vertex(region: RegionPlan) -> Iterator[QuotaNeed]:
    hardware = region.hardware
    if hardware is None:
        return
    gpu = quota_table("gcp")["vertex"].get(hardware.gpu)
    name = (
        QuotaName(
            "aiplatform.googleapis.com",
            "",
            f"aiplatform.googleapis.com/custom_model_serving_nvidia_{gpu}_gpus",
        )
        if gpu
        else None
    )
    yield _need(region, name, f"{hardware.gpu} GPUs of Vertex AI", hardware.instance_gpus)


def _azure_ml(region: RegionPlan, unit: str) -> Iterator[QuotaNeed]:
    row = quota_table("azure")["families"].get(unit)
    vcpus = instance_types("azure")[unit].vcpus
    name = QuotaName("Microsoft.MachineLearningServices", "", row["family"], unit) if row else None
    share = row["reserved"] if row else 0.0
    # It keeps scaling.min instances, whatever scaling.max says.
    units = math.ceil(max(region.min_replicas, 1) * vcpus * (1 + share))
    yield QuotaNeed(
        region.name, name, f"vCPU of {unit} in Azure ML", units, units, where_deployed(region, units)
    )


def _need(region: RegionPlan, name: QuotaName | None, what: str, units: int) -> QuotaNeed:
    least = max(region.min_replicas, 1) * units
    most = max(region.max_replicas, 1) * units
    return QuotaNeed(region.name, name, what, least, most, where_deployed(region, least))
