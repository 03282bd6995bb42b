"""A model that Bedrock imports, with the role that reads its weights, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws.bedrock_resources import BedrockImport

LOCATION = "us-east-1"
SOURCE = "s3://acme-models/chat"


def program(
    *,
    source: str = SOURCE,
    location: str = LOCATION,
    digest: str = "one",
    reads: str = "arn:aws:s3:::acme-models/chat/*",
    taken_by: str = "bedrock.amazonaws.com",
) -> Callable[[], None]:
    """Declares them.

    Args:
        digest: a tag that changes with every spec.
        reads: what the role may read.
    """

    def declare() -> None:
        role = aws.iam.Role("reader", assume_role_policy=json.dumps(_trust(taken_by)))
        rights = aws.iam.RolePolicy("reader", role=role.name, policy=json.dumps(_rights(reads)))
        model = BedrockImport(
            "model",
            region=location,
            name="chat-blue",
            role_arn=role.arn,
            source=source,
            tags={"llmdeploy:stack": "dev", "llmdeploy:spec-digest": digest},
            opts=pulumi.ResourceOptions(depends_on=[rights]),
        )
        pulumi.export("arn", model.arn)
        pulumi.export("path", model.path)

    return declare


def _trust(service: str) -> object:
    principal = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    return {"Version": "2012-10-17", "Statement": [{**principal, "Condition": condition}]}


def _rights(reads: str) -> object:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [reads]},
            {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": ["arn:aws:s3:::acme-models"]},
        ],
    }
