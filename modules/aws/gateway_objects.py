"""The objects in a region's bucket that its gateways copy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.scope import Scope
from llmdeploy.modules.aws.text_object import text_object
from llmdeploy.serving.node.sidecar import FILE_LIST

GATEWAY_PREFIX = "gateway/"


def write_gateway_objects(
    scope: Scope,
    bucket: pulumi.Input[str],
    files: Mapping[str, pulumi.Input[str]],
    listing: pulumi.Input[str],
    holder: pulumi.Resource,
    after: Sequence[pulumi.Resource] = (),
) -> None:
    """Some of them, then their list.

    Args:
        files: in the order in which they are put in place.
        listing: the text of the list.
        holder: the bucket's component.
        after: what must be there before any of them.
    """

    def put(file: str, content: pulumi.Input[str], after: Sequence[pulumi.Resource]) -> pulumi.Resource:
        name, key = scope.named(names.gateway_file(file)), f"{GATEWAY_PREFIX}{file}"
        opts = pulumi.ResourceOptions(parent=holder, depends_on=list(after))
        return text_object(scope, name, bucket, key, content, "application/yaml", opts)

    made = [put(file, content, after) for file, content in files.items()]
    put(FILE_LIST, listing, [*after, *made])


def rewrite_gateway_objects(scope: Scope, bucket: str, files: Mapping[str, str], listing: str) -> None:
    """Declare some of them, and their list, in a program that says nothing else of the region."""
    region = pulumi.ComponentResource("llmdeploy:aws:Region", scope.name)
    inside = pulumi.ResourceOptions(parent=region)
    holder = pulumi.ComponentResource("llmdeploy:aws:Bucket", scope.named(names.BUCKET), {}, inside)
    write_gateway_objects(scope, bucket, files, listing, holder)
