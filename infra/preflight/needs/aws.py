"""What a region of AWS needs: vCPU by family and purchase, a network, and its gateways."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from llmdeploy.infra.preflight.clouds.protocol import QuotaName
from llmdeploy.infra.preflight.needs.need import (
    QuotaNeed,
    gateway_tier,
    own_replicas,
    purchases,
    quota_table,
    where_deployed,
)
from llmdeploy.serving.catalog.instances import instance_types
from llmdeploy.serving.plan.hardware import HardwarePlan
from llmdeploy.serving.plan.model import RegionPlan

SURGE: Final = 1
"""Instances that a rollout starts before it ends old ones (`llmdeploy.modules.aws.refresh`)."""


def aws_needs(region: RegionPlan, hardware: HardwarePlan) -> Iterator[QuotaNeed]:
    """Of one region."""
    if region.managed is None:
        yield from _instances(region, hardware)
    yield _one(region, "VPC", "vpc")
    yield _one(region, "Elastic IP", "elastic-ip")
    tier = gateway_tier(region)
    least, most = tier.least * tier.vcpu, tier.most * tier.vcpu
    name = _name(quota_table("aws")["fargate"])
    yield QuotaNeed(region.name, name, "vCPU of Fargate tasks", least, most, where_deployed(region, least))


def _instances(region: RegionPlan, hardware: HardwarePlan) -> Iterator[QuotaNeed]:
    instance = instance_types("aws")[hardware.instance]
    row, vcpus = _family(instance.name), instance.vcpus
    for purchase, least in purchases(region, hardware, instance):
        yield QuotaNeed(
            region.name,
            QuotaName("ec2", row[purchase]) if purchase in row else None,
            f"vCPU of {purchase} {row['name']} instances",
            least * vcpus,
            (region.max_replicas + SURGE) * vcpus,
            own_replicas(region, purchase, vcpus),
        )


def _one(region: RegionPlan, what: str, key: str) -> QuotaNeed:
    return QuotaNeed(region.name, _name(quota_table("aws")[key]), what, 1, 1, where_deployed(region, 1))


def _family(instance: str) -> dict[str, Any]:
    """The row whose families fit best: `p5` before `p`."""
    fitting: list[tuple[int, int]] = []
    rows: list[dict[str, Any]] = quota_table("aws")["ec2"]
    for index, row in enumerate(rows):
        fitting += [(len(family), index) for family in row["families"] if instance.startswith(family)]
    return rows[max(fitting)[1]]


def _name(row: dict[str, str]) -> QuotaName:
    return QuotaName(row["service"], row["code"])
