"""What is stored is encrypted and private, and what runs was pinned by its digest."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator

from tests.contract.security.held import Held

from llmdeploy.infra.simulate.records import Record

DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")
OF_BUCKET = ("BucketServerSideEncryptionConfiguration", "BucketOwnershipControls", "BucketPolicy")
BLOCKS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def problems(held: Held) -> Iterator[str]:
    """Everything that is stored or taken otherwise."""
    yield from _aws(held)
    yield from _gcp(held)
    for each in held.records:
        for image in images(each):
            if not DIGEST.search(image):
                yield f"{each.name}: the image {image} is not pinned"


def _aws(held: Held) -> Iterator[str]:
    for template in held.aws("LaunchTemplate"):
        if any(disk["ebs"].get("encrypted") != "true" for disk in template.inputs["blockDeviceMappings"]):
            yield f"{template.name}: a disk in clear"
    for bucket in held.aws("Bucket"):
        identity = bucket.inputs["bucket"]
        for kind in OF_BUCKET:
            if identity not in [each.inputs["bucket"] for each in held.aws(kind)]:
                yield f"{bucket.name}: no {kind}"
        blocks = [each for each in held.aws("BucketPublicAccessBlock") if each.inputs["bucket"] == identity]
        if not blocks or not all(blocks[0].inputs.get(name) is True for name in BLOCKS):
            yield f"{bucket.name}: may be made public"
    for policy in held.aws("BucketPolicy"):
        (statement,) = json.loads(policy.inputs["policy"])["Statement"]
        if (statement["Effect"], statement["Condition"]) != (
            "Deny",
            {"Bool": {"aws:SecureTransport": "false"}},
        ):
            yield f"{policy.name}: {statement}"
    for stored in held.aws("BucketObjectv2"):
        if stored.inputs.get("serverSideEncryption") not in {"AES256", "aws:kms"}:
            yield f"{stored.name}: in clear"
    for repository in held.aws("Repository"):
        if not repository.inputs.get("encryptionConfigurations"):
            yield f"{repository.name}: in clear"


def _gcp(held: Held) -> Iterator[str]:
    """Google encrypts every disk, bucket, secret and repository; what can be wrong is who may read it."""
    for bucket in held.gcp("Bucket"):
        private = bucket.inputs.get("publicAccessPrevention"), bucket.inputs.get("uniformBucketLevelAccess")
        if private != ("enforced", True):
            yield f"{bucket.name}: may be made public"
    for policy in held.gcp("SSLPolicy"):
        if (policy.inputs["minTlsVersion"], policy.inputs["profile"]) != ("TLS_1_2", "MODERN"):
            yield f"{policy.name}: old versions of TLS"


def images(record: Record) -> list[str]:
    """The container images that a machine or task is told to run."""
    if record.type == "TaskDefinition":
        return [each["image"] for each in json.loads(record.inputs["containerDefinitions"])]
    found = [reference for text in scripts(record) for reference in re.findall(r"^IMAGE=(\S+)$", text, re.M)]
    if record.type in {"LaunchTemplate", "RegionInstanceTemplate"}:
        found += [
            reference
            for text in scripts(record)
            for reference in re.findall(r"[\w.-]+\.(?:pkg\.dev|amazonaws\.com)/[\w./-]+[@:][\w.:-]+", text)
        ]
        assert found or "fallback" in record.name, f"{record.name}: no image is found in its script"
    return [reference.strip("'\"") for reference in found]


def scripts(record: Record) -> list[str]:
    """What cloud-init is given to run."""
    if record.type == "LaunchTemplate":
        content = base64.b64decode(record.inputs["userData"])
        return [(gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode()]
    if record.type == "RegionInstanceTemplate":
        return [str(value) for value in record.inputs["metadata"].values()]
    return []
