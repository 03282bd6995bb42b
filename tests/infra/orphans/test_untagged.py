"""What a sweep says it cannot find is what the modules make without tags."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from llmdeploy.infra.orphans.untagged import UNTAGGED
from llmdeploy.infra.simulate.schema import inputs

USED = Path(__file__).parents[1] / "preflight" / "needed"
TAGS = {"aws": "tags", "azure": "tags", "gcp": "labels"}
GOES_WITH_ANOTHER = {
    "acm.CertificateValidation",
    "appautoscaling.Policy",
    "artifactregistry.RepositoryIamMember",
    "cloudrunv2.ServiceIamMember",
    "compute.RegionBackendService",  # told with BackendService, and so on
    "compute.RegionHealthCheck",
    "compute.RegionTargetHttpProxy",
    "compute.RegionUrlMap",
    "compute.RouterNat",
    "compute.Subnetwork",
    "ec2.Route",
    "ec2.RouteTableAssociation",
    "globalaccelerator.EndpointGroup",
    "globalaccelerator.Listener",
    "iam.RolePolicy",
    "iam.RolePolicyAttachment",
    "projects.IAMMember",
    "s3.BucketLifecycleConfiguration",
    "s3.BucketOwnershipControls",
    "s3.BucketPolicy",
    "s3.BucketPublicAccessBlock",
    "s3.BucketServerSideEncryptionConfiguration",
    "s3.BucketVersioning",
    "secretmanager.SecretIamMember",
    "secretmanager.SecretVersion",
    "secretsmanager.SecretVersion",
    "serviceaccount.IAMMember",
    "storage.Blob",
    "storage.BucketIAMMember",
    "storage.BucketObject",
    "vertex.AiEndpointIamMember",
}


@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_every_resource_without_tags_is_told(provider):
    used = yaml.safe_load((USED / f"{provider}.yaml").read_text())
    bare = {name for name in used if TAGS[provider] not in inputs(token(provider, name))}
    listed = set(UNTAGGED[provider])
    assert sorted(bare - listed - GOES_WITH_ANOTHER) == []
    assert sorted(listed - bare) == (["iam.Role"] if provider == "aws" else [])


def token(provider: str, name: str) -> str:
    module, _, kind = name.partition(".")
    if provider == "azure":
        return f"azure-native:{module}:{kind}"
    return f"{provider}:{module}/{kind[0].lower()}{kind[1:]}:{kind}"
