"""The objects in a region's bucket that its gateways copy."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.serving.node.sidecar import FILE_LIST

GATEWAY_PREFIX = "gateway/"


def gateway_object(
    scope: Scope,
    bucket: pulumi.Input[str],
    file: str,
    content: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """One of them, or their list."""
    return aws.s3.BucketObjectv2(
        scope.named(names.gateway_file(file)),
        bucket=bucket,
        key=f"{GATEWAY_PREFIX}{file}",
        content=content,
        content_type="application/yaml",
        server_side_encryption="AES256",
        region=scope.location,
        tags=scope.deployment.tags,
        opts=opts,
    )


def rewrite_gateway_objects(scope: Scope, bucket: str, files: Mapping[str, str], listing: str) -> None:
    """Declare some of them, and their list, in a program that says nothing else of the region.

    Args:
        listing: the text of the list.
    """
    region = pulumi.ComponentResource("llmdeploy:aws:Region", scope.name)
    inside = pulumi.ResourceOptions(parent=region)
    holder = pulumi.ComponentResource("llmdeploy:aws:Bucket", scope.named(names.BUCKET), {}, inside)
    child = pulumi.ResourceOptions(parent=holder)
    made = [gateway_object(scope, bucket, file, text, child) for file, text in files.items()]
    last = pulumi.ResourceOptions(parent=holder, depends_on=made)
    gateway_object(scope, bucket, FILE_LIST, listing, last)
