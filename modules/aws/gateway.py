"""The region's gateways: Envoys on Fargate, between the front and the fleets."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.fargate import fargate_size
from llmdeploy.modules.aws.front import Front
from llmdeploy.modules.aws.limits import teardown
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.modules.aws.task import ENVOY, VOLUME, Task, container_definitions
from llmdeploy.serving.gateway.cloud import ENTRY_PORT
from llmdeploy.serving.plan.gateway import GatewayTierPlan
from llmdeploy.serving.plan.model import RegionPlan

SMALLEST_TIER = GatewayTierPlan(least=2, most=2, vcpu=1, memory_gib=2)
"""Where the plan says nothing of the gateways."""
BUSY_PERCENT = 60.0
"""The share of its CPU at which another gateway is added."""
FOREVER_S = 2_147_483_647
"""The longest grace that ECS gives (CreateService, healthCheckGracePeriodSeconds). The load balancer's check
says whether replicas can be reached; it must not make ECS end gateways that are well."""


class Gateway(Block):
    """An ECS service. A new configuration makes no new task: each reads it from the region's bucket."""

    def __init__(
        self,
        scope: Scope,
        region: RegionPlan,
        task: Task,
        roles: tuple[pulumi.Input[str], pulumi.Input[str]],
        front: Front,
        subnets: Sequence[pulumi.Input[str]],
        security_group: pulumi.Input[str],
        after: Sequence[pulumi.Resource],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """
        Args:
            roles: ARNs of what the containers may do, and of what ECS does to start them.
            after: what the containers need before they start; never the files that they read, which are also
                written alone, by a program that says nothing of what needs them.
        """
        super().__init__(scope, names.GATEWAY, opts)
        self._tier = region.gateway_tier or SMALLEST_TIER
        cluster = aws.ecs.Cluster(
            scope.named(names.GATEWAY),
            region=scope.location,
            tags=scope.tags(names.GATEWAY),
            opts=self.options(),
        )
        service = aws.ecs.Service(
            scope.named(names.GATEWAY),
            cluster=cluster.arn,
            task_definition=self._task_definition(task, roles).arn,
            launch_type="FARGATE",
            desired_count=self._tier.least,
            network_configuration={
                "subnets": list(subnets),
                "security_groups": [security_group],
                "assign_public_ip": False,
            },
            load_balancers=[
                {
                    "target_group_arn": front.target_group,
                    "container_name": ENVOY,
                    "container_port": ENTRY_PORT,
                }
            ],
            health_check_grace_period_seconds=FOREVER_S,
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker={"enable": True, "rollback": True},
            availability_zone_rebalancing="ENABLED",
            enable_execute_command=False,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            wait_for_steady_state=False,
            region=scope.location,
            tags=scope.tags(names.GATEWAY),
            opts=self.options(
                # ECS refuses a target group that no listener uses.
                after=[front.listener, *after],
                ignore=["desiredCount"],
                delete_within=teardown(region.server),
            ),
        )
        if self._tier.most > self._tier.least:
            self._scale(service)
        self.register_outputs({})

    def _task_definition(
        self, task: Task, roles: tuple[pulumi.Input[str], pulumi.Input[str]]
    ) -> aws.ecs.TaskDefinition:
        cpu, memory = fargate_size(self._tier.vcpu, self._tier.memory_gib)
        return aws.ecs.TaskDefinition(
            self.scope.named(names.GATEWAY),
            family=f"{self.scope.deployment.stack}-{names.GATEWAY}",
            cpu=str(cpu),
            memory=str(memory),
            network_mode="awsvpc",
            requires_compatibilities=["FARGATE"],
            runtime_platform={"operating_system_family": "LINUX", "cpu_architecture": "X86_64"},
            task_role_arn=roles[0],
            execution_role_arn=roles[1],
            container_definitions=container_definitions(task),
            volumes=[{"name": VOLUME}],
            region=self.scope.location,
            tags=self.scope.tags(names.GATEWAY),
            opts=self.options(),
        )

    def _scale(self, service: aws.ecs.Service) -> None:
        target = aws.appautoscaling.Target(
            self.scope.named(names.GATEWAY),
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=service.arn.apply(_resource_id),
            min_capacity=self._tier.least,
            max_capacity=self._tier.most,
            region=self.scope.location,
            tags=self.scope.tags(names.GATEWAY),
            opts=self.options(),
        )
        aws.appautoscaling.Policy(
            self.scope.named(names.GATEWAY),
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration={
                "target_value": BUSY_PERCENT,
                "predefined_metric_specification": {
                    "predefined_metric_type": "ECSServiceAverageCPUUtilization"
                },
            },
            region=self.scope.location,
            opts=self.options(),
        )


def _resource_id(arn: str) -> str:
    """`service/CLUSTER/SERVICE`, the last part of a service's ARN."""
    return arn.rpartition(":")[2]
