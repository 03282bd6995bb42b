"""The objects in a region's bucket that its gateways copy."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.names import part
from llmdeploy.serving.node.sidecar import FILE_LIST

GATEWAY_FOLDER = "gateway"


def gateway_object(
    holder: str, bucket: pulumi.Input[str], file: str, text: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> pulumi.Resource:
    """One of them, or their list.

    Args:
        holder: the logical name of the bucket's component.
    """
    from pulumi_gcp import storage

    return storage.BucketObject(
        part(holder, GATEWAY_FOLDER, file),
        bucket=bucket,
        name=f"{GATEWAY_FOLDER}/{file}",
        content=text,
        content_type="text/plain; charset=utf-8",
        cache_control="no-store",
        opts=opts,
    )


def rewrite_gateway_objects(region: str, bucket: str, files: Mapping[str, str], listing: str) -> None:
    """Declare some of them, and their list, in a program that says nothing else of the region.

    Args:
        region: the logical name of the region.
        listing: the text of the list.
    """
    around = pulumi.ComponentResource("llmdeploy:gcp:Region", region)
    holder = part(region, names.BUCKET)
    inside = pulumi.ResourceOptions(parent=around)
    component = pulumi.ComponentResource("llmdeploy:gcp:Bucket", holder, {}, inside)
    child = pulumi.ResourceOptions(parent=component)
    made = [gateway_object(holder, bucket, file, text, child) for file, text in files.items()]
    last = pulumi.ResourceOptions(parent=component, depends_on=made)
    gateway_object(holder, bucket, FILE_LIST, listing, last)
