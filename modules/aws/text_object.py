"""A small text in a region's bucket."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws.scope import Scope


def text_object(
    scope: Scope,
    name: str,
    bucket: pulumi.Input[str],
    key: str,
    content: pulumi.Input[str],
    content_type: str,
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """Encrypted, with the deployment's tags.

    Args:
        name: the logical one.
    """
    return aws.s3.BucketObjectv2(
        name,
        bucket=bucket,
        key=key,
        content=content,
        content_type=content_type,
        server_side_encryption="AES256",
        region=scope.location,
        tags=scope.deployment.tags,
        opts=opts,
    )
