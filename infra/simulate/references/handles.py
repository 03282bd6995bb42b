"""By what a resource is known: everything that others may write to mean it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from llmdeploy.infra.simulate.sdk import shape

_NAMES: Final = frozenset(
    {
        "id",
        "name",
        "bucket",
        "arn",
        "selfLink",
        "email",
        "member",
        "dnsName",
        "fqdn",
        "instanceGroup",
        "zoneId",
        "hostedZoneId",
        "family",
        "repositoryId",
        "secretId",
        "address",
        "latestVersionId",
        "resourceId",
        "accountId",
    }
)
_VPC: Final = "aws:ec2/vpc:Vpc"
_OF_A_VPC: Final = (
    "defaultSecurityGroupId",
    "defaultRouteTableId",
    "mainRouteTableId",
    "defaultNetworkAclId",
)
_AROUND: Final = re.compile(
    r"^(?:https://www\.googleapis\.com/compute/(?:v1|beta)/|//[a-z]+\.googleapis\.com/|serviceAccount:|dualstack\.)"
)


def handles(
    token: str, identity: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]
) -> frozenset[str]:
    """The resource's own names."""
    known = shape(token)
    found = {identity}
    for name, value in outputs.items():
        if not isinstance(value, str) or not value:
            continue
        computed = name not in known.inputs
        own_arn = computed and name.endswith(("Arn", "SelfLink"))
        if (name in _NAMES and (computed or not _refers(token, name))) or own_arn:
            found.add(plain(value))
        elif (token == _VPC and name in _OF_A_VPC) or (name == "prefixListId" and computed):
            found.add(value)
    return frozenset(found)


def plain(value: str) -> str:
    """A handle without what Google and DNS put around it."""
    return _AROUND.sub("", value)


def candidates(value: str) -> list[str]:
    """The handles that a reference may mean, the fullest first."""
    found = [plain(value).removesuffix(".").removesuffix(":*")]
    if found[0].startswith(("arn:", "projects/")):
        for _ in range(2):
            found.append(found[-1].rpartition("/")[0])
    elif ":" in found[0]:
        found.append(found[0].rpartition(":")[0])
    return [each for each in found if each]


def _refers(token: str, name: str) -> bool:
    """Whether the input of this name means another resource."""
    from llmdeploy.infra.simulate.references.find import rule_for

    return rule_for(token, name, name) is not None
