"""The lists of adapters that a region's replicas load and unload while they run."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.gcp.names import ADAPTERS, in_slot, part
from llmdeploy.modules.gcp.text_object import text_object
from llmdeploy.serving.node.adapter_list import adapter_lists
from llmdeploy.serving.plan.model import Plan, RegionPlan


def write_adapter_lists(
    name: str, plan: Plan, region: RegionPlan, bucket: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> None:
    """An object for each version whose adapters come and go. Its instances wait for it when they start.

    Args:
        name: the logical name of the region.
    """
    for slot, (key, content) in adapter_lists(plan, region).items():
        text_object(part(name, in_slot(ADAPTERS, slot)), bucket, key, content, opts)
