"""The roles of a region: instances, gateways, and ECS on the gateways' behalf."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.policies import Statement, assumed_by, policy
from llmdeploy.modules.aws.scope import Block, Scope

INSTANCES = "ec2.amazonaws.com"
TASKS = "ecs-tasks.amazonaws.com"
SESSIONS = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
"""Sessions and commands through Systems Manager, in place of SSH."""


class Identities(Block):
    """The roles, each allowed what it needs and no more.

    Args:
        node: None where the region has no instances.
    """

    instance_profile: pulumi.Output[str] | None
    """ARN."""
    gateway_role: pulumi.Output[str]
    """ARN of what the gateways' containers may do."""
    execution_role: pulumi.Output[str]
    """ARN of what ECS does to start them."""

    def __init__(
        self,
        scope: Scope,
        node: Sequence[Statement] | None,
        gateway: Sequence[Statement],
        execution: Sequence[Statement],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.IDENTITIES, opts)
        self.instance_profile = None if node is None else self._profile(node)
        self.gateway_role = self._role(names.GATEWAY, TASKS, gateway).arn
        self.execution_role = self._role(names.EXECUTION, TASKS, execution).arn
        self.register_outputs({})

    def _profile(self, statements: Sequence[Statement]) -> pulumi.Output[str]:
        node_role = self._role(names.NODE, INSTANCES, statements)
        aws.iam.RolePolicyAttachment(
            self.scope.named(f"{names.NODE}-sessions"),
            role=node_role.name,
            policy_arn=SESSIONS,
            opts=self.options(),
        )
        profile = aws.iam.InstanceProfile(
            self.scope.named(names.NODE),
            role=node_role.name,
            tags=self.scope.tags(names.NODE),
            opts=self.options(),
        )
        arn: pulumi.Output[str] = profile.arn
        return arn

    def _role(self, part: str, service: str, statements: Iterable[Statement]) -> aws.iam.Role:
        role = aws.iam.Role(
            self.scope.named(part),
            assume_role_policy=assumed_by(service),
            tags=self.scope.tags(part),
            opts=self.options(),
        )
        aws.iam.RolePolicy(
            self.scope.named(part), role=role.name, policy=policy(statements), opts=self.options()
        )
        return role
