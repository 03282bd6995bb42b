"""The region's bucket: the model's weights, and the gateway's configuration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from llmdeploy.modules.aws import names
from llmdeploy.modules.aws.gateway_objects import write_gateway_objects
from llmdeploy.modules.aws.scope import Block, Scope
from llmdeploy.modules.gateway_list import gateway_list

MODELS_PREFIX = "models/"
UNFINISHED_DAYS = 7
"""Uploads that were broken off and never resumed are thrown away after this."""


class Bucket(Block):
    """Private, encrypted, TLS only. A destroy empties it too, unless the deployment is protected.

    Args:
        bucket_name: its name in AWS, which `llmdeploy weights push` must be able to tell beforehand.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(
        self,
        scope: Scope,
        bucket_name: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(scope, names.BUCKET, opts)
        bucket = aws.s3.Bucket(
            scope.named(names.BUCKET),
            bucket=bucket_name,
            force_destroy=not scope.protected,
            region=scope.location,
            tags=scope.tags(names.BUCKET),
            opts=self.options(),
        )
        self.name, self.arn = bucket.bucket, bucket.arn
        shut = self._shut()
        self._encrypt()
        self._require_tls(shut)
        self._tidy()
        self.register_outputs({})

    def write_gateway_files(
        self,
        files: Mapping[str, pulumi.Input[str]],
        keys: pulumi.Input[str] | None,
        after: Sequence[pulumi.Resource],
    ) -> pulumi.Output[str]:
        """What the gateways copy from it. Returns the text of their list.

        Args:
            files: in the order in which they are put in place.
            keys: ARN of the secret with the API keys; None where the gateway asks for none.
            after: the endpoints that the files lead to, so that nothing is led there before they answer.
        """
        listing = gateway_list(files, keys)
        write_gateway_objects(self.scope, self.name, files, listing, self, after)
        return listing

    def _shut(self) -> aws.s3.BucketPublicAccessBlock:
        aws.s3.BucketOwnershipControls(
            self.scope.named(f"{names.BUCKET}-owner"),
            bucket=self.name,
            rule={"object_ownership": "BucketOwnerEnforced"},
            region=self.scope.location,
            opts=self.options(),
        )
        return aws.s3.BucketPublicAccessBlock(
            self.scope.named(f"{names.BUCKET}-private"),
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            region=self.scope.location,
            opts=self.options(),
        )

    def _encrypt(self) -> None:
        aws.s3.BucketServerSideEncryptionConfiguration(
            self.scope.named(f"{names.BUCKET}-encrypted"),
            bucket=self.name,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            region=self.scope.location,
            opts=self.options(),
        )

    def _require_tls(self, shut: aws.s3.BucketPublicAccessBlock) -> None:
        statement = {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [self.arn, pulumi.Output.concat(self.arn, "/*")],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        aws.s3.BucketPolicy(
            self.scope.named(f"{names.BUCKET}-tls"),
            bucket=self.name,
            policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]}),
            region=self.scope.location,
            # S3 refuses two changes of a bucket's access at once.
            opts=self.options(after=[shut]),
        )

    def _tidy(self) -> None:
        aws.s3.BucketLifecycleConfiguration(
            self.scope.named(f"{names.BUCKET}-tidy"),
            bucket=self.name,
            rules=[
                {
                    "id": "unfinished-uploads",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": UNFINISHED_DAYS},
                }
            ],
            region=self.scope.location,
            opts=self.options(),
        )
