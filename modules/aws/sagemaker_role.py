"""What SageMaker may do to start the replicas of an endpoint, and what these may do themselves."""

from __future__ import annotations

import re

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names, policies
from llmdeploy.modules.aws.scope import Scope

SERVICE = "sagemaker.amazonaws.com"
METRICS, OF_COMPONENTS = "/aws/sagemaker/Endpoints", "/aws/sagemaker/InferenceComponents"
"""The namespaces of the instances' own metrics, and of the copies' where a component has them; their log
groups begin so too (docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch)."""
_IMAGE = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<name>[^:@]+)"
)


def execution_role(
    scope: Scope,
    image: str,
    weights: str,
    log_group: pulumi.Input[str],
    namespace: str,
    opts: pulumi.ResourceOptions,
) -> tuple[aws.iam.Role, aws.iam.RolePolicy]:
    """The role, and its rights: one image, one folder of one bucket, one log group, one namespace of metrics.

    Args:
        image: in a registry of ECR, AWS's own or the account's.
        weights: `s3://…`, or a hub id, which takes no right of AWS.
        namespace: of the metrics that it writes.
    """
    role = aws.iam.Role(
        scope.named(names.ENDPOINT),
        assume_role_policy=policies.assumed_by(SERVICE),
        tags=scope.tags(names.ENDPOINT),
        opts=opts,
    )
    rights = aws.iam.RolePolicy(
        scope.named(names.ENDPOINT),
        role=role.name,
        policy=policies.policy(
            [
                *policies.pull_image(image_arn(image)),
                *(policies.read_folder(weights) if weights.startswith("s3://") else ()),
                *policies.write_logs(log_group),
                *policies.publish_metrics(namespace),
            ]
        ),
        opts=opts,
    )
    return role, rights


def image_arn(image: str) -> str:
    """The repository of `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG`, as IAM names it."""
    found = _IMAGE.match(image)
    assert found is not None, image
    return f"arn:aws:ecr:{found['region']}:{found['account']}:repository/{found['name']}"
