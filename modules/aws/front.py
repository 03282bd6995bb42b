"""The public way into a region: TLS on port 443, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.limits import deregistration_delay_s, idle_timeout_s
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.serving.gateway.cloud import ENTRY_PORT, FRONT_PORT
from llmdeploy.serving.gateway.filters import HEALTH_PATH
from llmdeploy.serving.plan.model import Plan, RegionPlan

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
"""TLS 1.3, and 1.2 with forward secrecy (elasticloadbalancing/latest/application/describe-ssl-policies)."""
CHECK_S = 10
"""Two failed checks, 20 s, put a gateway out of service."""
CHECK_TIMEOUT_S = 5


class Front(Block):
    """A public ALB before the region's gateways.

    It is healthy while some gateway reaches some replica, wherever that is; so whatever sends clients to
    regions (Global Accelerator, DNS) leaves this one when it cannot answer.
    """

    arn: pulumi.Output[str]
    host: pulumi.Output[str]
    host_zone: pulumi.Output[str]
    """The hosted zone of `host`, for aliases."""
    target_group: pulumi.Output[str]
    """ARN, for the gateways."""
    listener: aws.lb.Listener
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
        certificate: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.FRONT, opts)
        balancer = aws.lb.LoadBalancer(
            scope.named(names.FRONT),
            internal=False,
            load_balancer_type="application",
            subnets=list(subnets),
            security_groups=[security_group],
            idle_timeout=idle_timeout_s(plan.gateway),
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_http2=True,
            enable_deletion_protection=scope.protected,
            region=scope.location,
            tags=scope.tags(names.FRONT),
            opts=self.options(),
        )
        target_group = self._target_group(region, vpc_id)
        self.listener = aws.lb.Listener(
            scope.named(names.FRONT),
            load_balancer_arn=balancer.arn,
            port=FRONT_PORT,
            protocol="HTTPS",
            ssl_policy=TLS_POLICY,
            certificate_arn=certificate,
            default_actions=[{"type": "forward", "target_group_arn": target_group.arn}],
            region=scope.location,
            tags=scope.tags(names.FRONT),
            opts=self.options(),
        )
        self.arn, self.target_group = balancer.arn, target_group.arn
        self.host, self.host_zone = balancer.dns_name, balancer.zone_id
        self.dimensions = {"LoadBalancer": balancer.arn_suffix}
        self.register_outputs({})

    def _target_group(self, region: RegionPlan, vpc_id: pulumi.Input[str]) -> aws.lb.TargetGroup:
        return aws.lb.TargetGroup(
            self.scope.named(names.ENTRY),
            vpc_id=vpc_id,
            target_type="ip",
            port=ENTRY_PORT,
            protocol="HTTP",
            load_balancing_algorithm_type="least_outstanding_requests",
            deregistration_delay=deregistration_delay_s(region.server),
            health_check={
                "path": HEALTH_PATH,
                "matcher": "200",
                "interval": CHECK_S,
                "timeout": CHECK_TIMEOUT_S,
                "healthy_threshold": 2,
                "unhealthy_threshold": 2,
            },
            region=self.scope.location,
            tags=self.scope.tags(names.ENTRY),
            opts=self.options(),
        )
