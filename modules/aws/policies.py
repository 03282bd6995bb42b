"""What the region's machines may do in AWS, as IAM statements. Every resource is named; the few actions that
AWS cannot scope stand in `UNSCOPED`, each with its reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi

from llmdeploy.modules.aws.bucket import MODELS_PREFIX
from llmdeploy.modules.aws.gateway_objects import GATEWAY_PREFIX

Statement = Mapping[str, Any]
UNSCOPED = {
    "ecr:GetAuthorizationToken": "a login is for the whole registry (service authorization reference, ECR)",
    "cloudwatch:PutMetricData": "metrics have no ARN; a condition names the namespace",
}


def policy(statements: Iterable[Statement]) -> pulumi.Output[str]:
    """A policy document."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def assumed_by(service: str, account: str = "", source: str = "") -> str:
    """The trust policy of a role that a service of AWS takes.

    Args:
        account: on whose behalf alone; empty: whoever names the role to it.
        source: the pattern of the ARN for which alone it is taken; with `account`.
    """
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if account:
        statement["Condition"] = {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": source},
        }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def read_objects(bucket_arn: pulumi.Input[str], prefix: str) -> Sequence[Statement]:
    """Read what lies under a prefix of the bucket, and list the bucket.

    Listing has no condition on the prefix: a read has none to show, and without the right to list, S3 answers
    403 instead of 404 for what is not there, which is how a node learns that a model is not mirrored.
    """
    return (
        _allow(["s3:GetObject"], [pulumi.Output.concat(bucket_arn, "/", prefix, "*")]),
        _allow(["s3:ListBucket"], [bucket_arn]),
    )


def read_folder(address: str) -> Sequence[Statement]:
    """Read what lies at `s3://BUCKET/FOLDER`."""
    bucket, _, folder = address.removeprefix("s3://").partition("/")
    prefix = f"{folder.rstrip('/')}/" if folder else ""
    return read_objects(f"arn:aws:s3:::{bucket}", prefix)


def read_models(bucket_arn: pulumi.Input[str]) -> Sequence[Statement]:
    """Read the weights."""
    return read_objects(bucket_arn, MODELS_PREFIX)


def read_gateway_files(bucket_arn: pulumi.Input[str]) -> Sequence[Statement]:
    """Read the gateway's configuration."""
    return read_objects(bucket_arn, GATEWAY_PREFIX)


def read_secrets(arns: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """Read some secrets."""
    return (_allow(["secretsmanager:GetSecretValue"], arns),) if arns else ()


def pull_images(repositories: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """Pull from the region's cache, and let it fetch what it does not hold yet."""
    pulling = [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:BatchImportUpstreamImage",
        "ecr:GetDownloadUrlForLayer",
    ]
    if not repositories:
        return ()
    return (_allow(["ecr:GetAuthorizationToken"], ["*"]), _allow(pulling, repositories))


def pull_image(repository: str) -> Sequence[Statement]:
    """Pull from a registry that no cache stands in front of."""
    pulling = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
    return (_allow(["ecr:GetAuthorizationToken"], ["*"]), _allow(pulling, [repository]))


def invoke_endpoints(arns: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """Ask endpoints of SageMaker. A stream is asked for by the same right as a whole answer (API reference,
    InvokeEndpointWithResponseStream); its own action is named for the day on which it is checked.
    """
    actions = ["sagemaker:InvokeEndpoint", "sagemaker:InvokeEndpointWithResponseStream"]
    return (_allow(actions, arns),) if arns else ()


def invoke_models(arns: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """Ask models of Bedrock (service authorization reference, Bedrock)."""
    return (_allow(["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"], arns),)


def write_logs(group_arn: pulumi.Input[str]) -> Sequence[Statement]:
    """Write to a log group."""
    streams = pulumi.Output.concat(group_arn, ":*")
    return (_allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], [streams]),)


def publish_metrics(namespace: str) -> Sequence[Statement]:
    """Publish metrics of one namespace."""
    statement = _allow(["cloudwatch:PutMetricData"], ["*"])
    return ({**statement, "Condition": {"StringEquals": {"cloudwatch:namespace": namespace}}},)


def leave_and_join(target_group_arns: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """Take a replica out of service before it stops, and back in."""
    actions = ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"]
    return (_allow(actions, target_group_arns),)


def _allow(actions: Sequence[str], resources: Sequence[pulumi.Input[str]]) -> Statement:
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
