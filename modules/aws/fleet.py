"""The internal load balancer in front of a region's replicas."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.limits import deregistration_delay_s, idle_timeout_s
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.gateway.cloud import FLEET_PORT
from llmdeploy.serving.node.places import PORT
from llmdeploy.serving.plan.model import Plan, RegionPlan


class Fleet(Block):
    """An internal ALB. Each request goes to the replica with the fewest under way, which excludes slow start
    (elasticloadbalancing/latest/application/load-balancer-target-groups).

    Args:
        subnets: private ones, in every zone that may hold a replica: an ALB sends nothing to zones that it
            does not stand in.
    """

    target_group: pulumi.Output[str]
    """ARN."""
    host: pulumi.Output[str]
    host_zone: pulumi.Output[str]
    """The hosted zone of `host`, for aliases."""
    dimensions: dict[str, pulumi.Output[str]]
    """Of its metrics in CloudWatch."""

    def __init__(
        self,
        scope: Scope,
        plan: Plan,
        region: RegionPlan,
        vpc_id: pulumi.Input[str],
        subnets: Sequence[pulumi.Input[str]],
        security_group: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.FLEET, opts)
        balancer = aws.lb.LoadBalancer(
            scope.named(names.FLEET),
            internal=True,
            load_balancer_type="application",
            subnets=list(subnets),
            security_groups=[security_group],
            idle_timeout=idle_timeout_s(plan.gateway),
            drop_invalid_header_fields=True,
            enable_deletion_protection=scope.protected,
            region=scope.location,
            tags=scope.tags(names.FLEET),
            opts=self.options(),
        )
        target_group = self._target_group(region, vpc_id)
        aws.lb.Listener(
            scope.named(names.FLEET),
            load_balancer_arn=balancer.arn,
            port=FLEET_PORT,
            protocol="HTTP",
            default_actions=[{"type": "forward", "target_group_arn": target_group.arn}],
            region=scope.location,
            tags=scope.tags(names.FLEET),
            opts=self.options(),
        )
        self.target_group = target_group.arn
        self.host, self.host_zone = balancer.dns_name, balancer.zone_id
        self.dimensions = {
            "LoadBalancer": balancer.arn_suffix,
            "TargetGroup": target_group.arn_suffix,
        }
        self.register_outputs({})

    def _target_group(self, region: RegionPlan, vpc_id: pulumi.Input[str]) -> aws.lb.TargetGroup:
        launch, startup = region.server.launch, region.startup
        assert launch is not None
        assert startup is not None
        probe = startup.traffic
        return aws.lb.TargetGroup(
            self.scope.named(names.FLEET),
            vpc_id=vpc_id,
            target_type="instance",
            port=PORT,
            protocol="HTTP",
            load_balancing_algorithm_type="least_outstanding_requests",
            deregistration_delay=deregistration_delay_s(region.server),
            health_check={
                "path": launch.ready_path,
                "matcher": "200",
                "interval": probe.interval_s,
                "timeout": probe.timeout_s,
                "healthy_threshold": probe.healthy_threshold,
                "unhealthy_threshold": probe.unhealthy_threshold,
            },
            region=self.scope.location,
            tags=self.scope.tags(names.FLEET),
            opts=self.options(),
        )
