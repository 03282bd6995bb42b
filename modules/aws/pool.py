"""The GPU instances of a region: a launch template, and one or two groups that keep instances alive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.launch_template import launch_template
from llmdeploy.modules.aws.limits import teardown
from llmdeploy.modules.aws.refresh import instance_refresh
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.plan.model import RegionPlan

if TYPE_CHECKING:
    Distribution: TypeAlias = aws.autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgsDict

GROUP_METRICS = ("GroupDesiredCapacity", "GroupInServiceInstances")
"""What the fallback and the dashboard read; free, once a minute."""
ON_DEMAND: Distribution = {
    "on_demand_base_capacity": 0,
    "on_demand_percentage_above_base_capacity": 100,
    "on_demand_allocation_strategy": "prioritized",
}
SPOT: Distribution = {
    "on_demand_base_capacity": 0,
    "on_demand_percentage_above_base_capacity": 0,
    # The default, lowest-price, picks the pools that are interrupted the most.
    "spot_allocation_strategy": "price-capacity-optimized",
}


class Pool(Block):
    """A group of on-demand or of spot instances; for spot with fallback, a second one of on-demand instances
    on the same target groups, empty until spot capacity is short.

    Creating does not wait for instances: a region without capacity must neither hold up the others nor fall
    out of the state. Who deploys asks afterwards.
    """

    group: pulumi.Output[str]
    """Name of the group that scales with the load."""
    fallback: pulumi.Output[str] | None
    """Name of the group that stands in for it."""

    def __init__(
        self,
        scope: Scope,
        region: RegionPlan,
        machine_image: str,
        instance_profile: pulumi.Input[str],
        security_group: pulumi.Input[str],
        user_data: pulumi.Input[str],
        subnets: Sequence[pulumi.Input[str]],
        target_groups: Sequence[pulumi.Input[str]],
        alarms: Sequence[pulumi.Input[str]],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.POOL, opts)
        assert region.hardware is not None
        self._region = region
        self._subnets, self._target_groups = list(subnets), list(target_groups)
        self._alarms, self._after = list(alarms), after
        self._template = launch_template(
            scope, region, machine_image, instance_profile, security_group, user_data, self.options()
        )
        bought = region.hardware.purchase
        least, most = region.min_replicas, region.max_replicas
        main = self._group(names.FLEET, least, most, ON_DEMAND if bought == "on-demand" else SPOT)
        self.group, self.fallback = main.name, None
        if bought == "spot-with-fallback":
            self.fallback = self._group(names.FALLBACK, 0, most, ON_DEMAND).name
        self.register_outputs({})

    @property
    def groups(self) -> list[pulumi.Output[str]]:
        """The names of all groups."""
        return [self.group, *([self.fallback] if self.fallback is not None else [])]

    def _group(self, part: str, least: int, most: int, distribution: Distribution) -> aws.autoscaling.Group:
        startup = self._region.startup
        assert startup is not None
        return aws.autoscaling.Group(
            self.scope.named(part),
            min_size=least,
            max_size=most,
            vpc_zone_identifiers=self._subnets,
            target_group_arns=self._target_groups,
            mixed_instances_policy=self._bought(distribution),
            health_check_type="ELB",
            health_check_grace_period=startup.grace_s,
            default_instance_warmup=startup.warm_up_s,
            capacity_rebalance=distribution is SPOT,
            instance_refresh=instance_refresh(least, startup, self._alarms),
            enabled_metrics=[aws.autoscaling.Metric(metric) for metric in GROUP_METRICS],
            wait_for_capacity_timeout="0",
            ignore_failed_scaling_activities=True,
            region=self.scope.location,
            tags=self._tags(part),
            opts=self.options(
                after=self._after,
                # Policies set it; a deployment must not take instances away under load.
                ignore=["desiredCapacity"],
                delete_within=teardown(self._region.server),
            ),
        )

    def _bought(self, distribution: Distribution) -> aws.autoscaling.GroupMixedInstancesPolicyArgsDict:
        """The template goes by number: a refresh never starts for `$Latest`, nor rolls it back."""
        assert self._region.hardware is not None
        return {
            "launch_template": {
                "launch_template_specification": {
                    "launch_template_id": self._template.id,
                    "version": self._template.latest_version.apply(str),
                },
                "overrides": [{"instance_type": self._region.hardware.instance}],
            },
            "instances_distribution": distribution,
        }

    def _tags(self, part: str) -> list[aws.autoscaling.GroupTagArgsDict]:
        """Of the group itself; instances have those of the template."""
        return [
            {"key": key, "value": value, "propagate_at_launch": False}
            for key, value in self.scope.tags(part).items()
        ]
