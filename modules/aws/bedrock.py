"""The replicas of one version as a model that Bedrock has imported."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names, policies
from llmdeploy.modules.aws.bedrock_resources import BedrockImport
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.modules.endpoint_places import with_places
from llmdeploy.serving.gateway.managed import path_placeholder

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan, RegionPlan, Slot

SERVICE = "bedrock.amazonaws.com"
METRICS = "AWS/Bedrock"
"""The namespace of its metrics in CloudWatch."""
LONGEST_NAME = 50
"""Characters of a model's name before the digest that is put behind it (infra/provider/bedrock)."""


class BedrockModel(Block):
    """A role that reads the weights, the import, and the gateways' right to ask the model.

    Bedrock gives a model its ARN when it is imported, so that nothing can name it before. The right is a
    policy of its own: the gateways' other rights do not wait for an import, which may take hours.

    Args:
        account: the account id.
        gateway_role: ARN.
    """

    endpoint: pulumi.Output[str]
    """The ARN of the model."""
    path: pulumi.Output[str]
    """What its paths begin with; known once the gateways may ask it."""
    unit: str
    """What is rented: `custom model unit`."""
    ready: aws.iam.RolePolicy
    """What waits for it is made once it can be asked."""

    def __init__(
        self,
        scope: Scope,
        plan: Plan,
        version: RegionPlan,
        account: str,
        gateway_role: pulumi.Output[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.ENDPOINT, opts)
        managed = version.managed
        assert managed is not None
        self.unit = managed.unit
        role, rights = self._import_role(account, managed.weights)
        model = BedrockImport(
            scope.named(names.ENDPOINT),
            region=scope.location,
            name=f"{plan.stack_name[: LONGEST_NAME - len(version.slot) - 1].rstrip('-')}-{version.slot}",
            role_arn=role.arn,
            source=managed.weights,
            tags=scope.tags(names.ENDPOINT),
            opts=self.options(after=[rights]),
        )
        self.endpoint = model.arn
        self.ready = self._let_gateways_ask(gateway_role)
        self.path = pulumi.Output.all(model.path, self.ready.id).apply(lambda known: str(known[0]))
        self.register_outputs({})

    @property
    def dimensions(self) -> dict[str, pulumi.Input[str]]:
        """Of its metrics in CloudWatch (bedrock/latest/userguide, monitoring)."""
        return {"ModelId": self.endpoint}

    def _import_role(self, account: str, weights: str) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
        """As AWS writes it (bedrock/latest/userguide, model-import-iam-role): for jobs of this account and
        region, and one folder of one bucket.
        """
        jobs = f"arn:aws:bedrock:{self.scope.location}:{account}:model-import-job/*"
        role = aws.iam.Role(
            self.scope.named(names.ENDPOINT),
            assume_role_policy=policies.assumed_by(SERVICE, account, jobs),
            tags=self.scope.tags(names.ENDPOINT),
            opts=self.options(),
        )
        rights = aws.iam.RolePolicy(
            self.scope.named(names.ENDPOINT),
            role=role.name,
            policy=policies.policy(policies.read_folder(weights)),
            opts=self.options(),
        )
        return role, rights

    def _let_gateways_ask(self, gateway_role: pulumi.Output[str]) -> aws.iam.RolePolicy:
        return aws.iam.RolePolicy(
            self.scope.named(names.ENDPOINT_CALLER),
            role=gateway_role.apply(lambda arn: arn.rpartition("/")[2]),
            policy=policies.policy(policies.invoke_models([self.endpoint])),
            opts=self.options(),
        )


def with_models(
    files: Mapping[str, pulumi.Input[str]], models: Mapping[Slot, BedrockModel]
) -> dict[str, pulumi.Input[str]]:
    """The gateway's files with the paths of imported models in place of what stands for them."""
    return with_places(files, {path_placeholder(slot): model.path for slot, model in models.items()})
