"""The internal load balancer in front of a region's replicas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.limits import deregistration_delay_s, idle_timeout_s
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.gateway.cloud import FLEET_PORTS
from llmdeploy.serving.node.places import PORT
from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot


@dataclass(frozen=True, slots=True)
class Targets:
    """The replicas of one version, as the load balancer sees them."""

    group: pulumi.Output[str]
    """ARN of the target group that takes requests."""
    checked: pulumi.Output[str]
    """ARN of the one that takes the gateways' health checks."""
    dimensions: Mapping[str, pulumi.Output[str]]
    """Of the requests' metrics in CloudWatch."""

    @property
    def groups(self) -> Sequence[pulumi.Output[str]]:
        """The ARNs of both: a replica is in service in both or in none."""
        return (self.group, self.checked)


class Fleet(Block):
    """An internal ALB, with a port for each version of the replicas. Each request goes to the replica with
    the fewest under way, which excludes slow start
    (elasticloadbalancing/latest/application/load-balancer-target-groups).

    The gateways ask for the health page a few times a second, by the way that requests take. CloudWatch
    counts by target group: a second one, with the same replicas, keeps these checks out of the requests'
    figures.

    Args:
        versions: the region's own and the one beside it.
        subnets: private ones, in every zone that may hold a replica: an ALB sends nothing to zones that it
            does not stand in.
    """

    targets: Mapping[Slot, Targets]
    host: pulumi.Output[str]
    host_zone: pulumi.Output[str]
    """The hosted zone of `host`, for aliases."""

    def __init__(
        self,
        scope: Scope,
        plan: Plan,
        versions: Sequence[RegionPlan],
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
        self.targets = {
            each.slot: self._targets(balancer, each, plan.gateway.health.path, vpc_id) for each in versions
        }
        self.host, self.host_zone = balancer.dns_name, balancer.zone_id
        self.register_outputs({})

    def _targets(
        self, balancer: aws.lb.LoadBalancer, version: RegionPlan, check: str, vpc_id: pulumi.Input[str]
    ) -> Targets:
        scope = self.scope.of(version.slot)
        group = self._target_group(scope, names.FLEET, version, vpc_id)
        checked = self._target_group(scope, names.CHECKED, version, vpc_id)
        listener = aws.lb.Listener(
            scope.named(names.FLEET),
            load_balancer_arn=balancer.arn,
            port=FLEET_PORTS[version.slot],
            protocol="HTTP",
            default_actions=[{"type": "forward", "target_group_arn": group.arn}],
            region=scope.location,
            tags=scope.tags(names.FLEET),
            opts=self.options(),
        )
        aws.lb.ListenerRule(
            scope.named(names.CHECKED),
            listener_arn=listener.arn,
            priority=1,
            conditions=[{"path_pattern": {"values": [check]}}],
            actions=[{"type": "forward", "target_group_arn": checked.arn}],
            region=scope.location,
            tags=scope.tags(names.CHECKED),
            opts=self.options(),
        )
        dimensions = {"LoadBalancer": balancer.arn_suffix, "TargetGroup": group.arn_suffix}
        return Targets(group.arn, checked.arn, dimensions)

    def _target_group(
        self, scope: Scope, part: str, version: RegionPlan, vpc_id: pulumi.Input[str]
    ) -> aws.lb.TargetGroup:
        launch, startup = version.server.launch, version.startup
        assert launch is not None
        assert startup is not None
        probe = startup.traffic
        return aws.lb.TargetGroup(
            scope.named(part),
            vpc_id=vpc_id,
            target_type="instance",
            port=PORT,
            protocol="HTTP",
            load_balancing_algorithm_type="least_outstanding_requests",
            deregistration_delay=deregistration_delay_s(version.server),
            health_check={
                "path": launch.ready_path,
                "matcher": "200",
                "interval": probe.interval_s,
                "timeout": probe.timeout_s,
                "healthy_threshold": probe.healthy_threshold,
                "unhealthy_threshold": probe.unhealthy_threshold,
            },
            region=scope.location,
            tags=scope.tags(part),
            opts=self.options(),
        )
