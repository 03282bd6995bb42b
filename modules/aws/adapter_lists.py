"""The lists of adapters that a region's replicas load and unload while they run."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.serving.node.adapter_list import adapter_lists
from llmdeploy.serving.plan.model import Plan, RegionPlan


def write_adapter_lists(
    scope: Scope, plan: Plan, region: RegionPlan, bucket: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> None:
    """An object for each version whose adapters come and go. Its instances wait for it when they start."""
    for slot, (key, content) in adapter_lists(plan, region).items():
        aws.s3.BucketObjectv2(
            scope.of(slot).named(names.ADAPTERS),
            bucket=bucket,
            key=key,
            content=content,
            content_type="text/plain",
            server_side_encryption="AES256",
            region=scope.location,
            tags=scope.deployment.tags,
            opts=opts,
        )
