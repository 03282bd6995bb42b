"""The objects in a region's bucket that its gateways copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.names import part
from llmdeploy.modules.gcp.text_object import text_object
from llmdeploy.serving.node.sidecar import FILE_LIST

GATEWAY_FOLDER = "gateway"


def write_gateway_objects(
    name: str,
    bucket: pulumi.Input[str],
    files: Mapping[str, pulumi.Input[str]],
    listing: pulumi.Input[str],
    holder: pulumi.Resource,
    after: Sequence[pulumi.Resource] = (),
) -> None:
    """Some of them, then their list.

    Args:
        name: the logical name of `holder`, the bucket's component.
        files: in the order in which they are put in place.
        listing: the text of the list.
        after: what must be there before any file.
    """

    def put(file: str, text: pulumi.Input[str], after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        opts = pulumi.ResourceOptions(parent=holder, depends_on=list(after))
        return text_object(part(name, GATEWAY_FOLDER, file), bucket, f"{GATEWAY_FOLDER}/{file}", text, opts)

    put(FILE_LIST, listing, [put(file, text, after) for file, text in files.items()])


def rewrite_gateway_objects(region: str, bucket: str, files: Mapping[str, str], listing: str) -> None:
    """Declare some of them, and their list, in a program that says nothing else of the region.

    Args:
        region: the logical name of the region.
    """
    around = pulumi.ComponentResource("llmdeploy:gcp:Region", region)
    name, inside = part(region, names.BUCKET), pulumi.ResourceOptions(parent=around)
    holder = pulumi.ComponentResource("llmdeploy:gcp:Bucket", name, {}, inside)
    write_gateway_objects(name, bucket, files, listing, holder)
