"""The region's bucket: the weights, and the files of its gateways."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi

from llmdeploy.modules.deployment import Deployment
from llmdeploy.modules.gateway_list import gateway_list
from llmdeploy.modules.gcp import names
from llmdeploy.modules.gcp.gateway_objects import write_gateway_objects
from llmdeploy.modules.gcp.identity import GcpIdentity, member
from llmdeploy.modules.gcp.names import part
from llmdeploy.serving.plan.model import Slot

READER = "roles/storage.objectViewer"
ABANDONED_DAYS = 7
"""An upload that was begun and never finished is deleted after this."""


class GcpBucket(pulumi.ComponentResource):
    """A private bucket in the region, encrypted by Google, which only TLS reaches (Cloud Storage has no other
    way in). Destroying the deployment deletes it with its weights, which came from somewhere else, unless it
    is protected.

    Args:
        bucket_name: world-wide unique; others push weights to it by this name.
        gateway_files: what the gateways read, by name, in the order in which they put it in place.
        after: what must be there before them: a name that is asked for too early stays unknown for minutes.
        keys: `projects/PROJECT/secrets/NAME` of the API keys; None where the gateways ask for none.
        audiences: whom the gateways' ID tokens are for, by slot.
    """

    bucket: pulumi.Output[str]
    listing: pulumi.Output[str]
    """The list of the gateways' files."""

    def __init__(
        self,
        name: str,
        deployment: Deployment,
        location: str,
        bucket_name: str,
        gateway_files: Mapping[str, pulumi.Input[str]],
        keys: str | None,
        identity: GcpIdentity,
        protected: bool = False,
        after: Sequence[pulumi.Resource] = (),
        audiences: Mapping[Slot, pulumi.Input[str]] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        from pulumi_gcp import storage

        super().__init__("llmdeploy:gcp:Bucket", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        bucket = storage.Bucket(
            part(name, "objects"),
            name=bucket_name,
            location=location.upper(),
            storage_class="STANDARD",
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            force_destroy=not protected,
            # Weights are copies: a week of deleted ones, Google's default, would be paid for nothing.
            soft_delete_policy={"retention_duration_seconds": 0},
            lifecycle_rules=[
                {
                    "action": {"type": "AbortIncompleteMultipartUpload"},
                    "condition": {"age": ABANDONED_DAYS},
                }
            ],
            labels=deployment.labels,
            # The name is an interface, so a bucket that must be replaced goes before its successor comes.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        for role in (names.NODE, names.GATEWAY):
            storage.BucketIAMMember(
                part(name, role, "reader"),
                bucket=bucket.name,
                role=READER,
                member=member(identity.email(role)),
                opts=child,
            )
        self.bucket = bucket.name
        self.listing = gateway_list(gateway_files, keys, audiences)
        write_gateway_objects(name, bucket.name, gateway_files, self.listing, self, after)
        self.register_outputs({})
