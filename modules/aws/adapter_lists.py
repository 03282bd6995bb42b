"""The lists of adapters that a region's replicas load and unload while they run."""

from __future__ import annotations

import pulumi

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.modules.aws.text_object import text_object
from llmdeploy.serving.node.adapter_list import adapter_lists
from llmdeploy.serving.plan.model import Plan, RegionPlan


def write_adapter_lists(
    scope: Scope, plan: Plan, region: RegionPlan, bucket: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> None:
    """An object for each version whose adapters come and go. Its instances wait for it when they start."""
    for slot, (key, content) in adapter_lists(plan, region).items():
        text_object(scope, scope.of(slot).named(names.ADAPTERS), bucket, key, content, "text/plain", opts)
