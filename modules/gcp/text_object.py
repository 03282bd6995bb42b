"""A small text in a region's bucket."""

from __future__ import annotations

import pulumi


def text_object(
    name: str,
    bucket: pulumi.Input[str],
    key: str,
    content: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """Never taken from a cache.

    Args:
        name: the logical one.
        key: its name in the bucket.
    """
    from pulumi_gcp import storage

    return storage.BucketObject(
        name,
        bucket=bucket,
        name=key,
        content=content,
        content_type="text/plain; charset=utf-8",
        cache_control="no-store",
        opts=opts,
    )
