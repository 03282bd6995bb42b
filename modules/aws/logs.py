"""Where a region's replicas and gateways write."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Block, Scope

KEPT_DAYS = 30


class Logs(Block):
    """One log group each. CloudWatch encrypts them.

    Args:
        instances: whether the region has any.
    """

    node: aws.cloudwatch.LogGroup | None
    gateway: aws.cloudwatch.LogGroup

    def __init__(self, scope: Scope, instances: bool, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(scope, names.LOGS, opts)
        self.node = self._group(names.NODE) if instances else None
        self.gateway = self._group(names.GATEWAY)
        self.register_outputs({})

    def _group(self, part: str) -> aws.cloudwatch.LogGroup:
        return aws.cloudwatch.LogGroup(
            self.scope.named(part),
            retention_in_days=KEPT_DAYS,
            region=self.scope.location,
            tags=self.scope.tags(part),
            opts=self.options(),
        )
