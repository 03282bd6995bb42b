"""AWS, asked by the Resource Groups Tagging API, and for what that does not list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from llmdeploy.infra.orphans.aws_ended import has_ended
from llmdeploy.infra.orphans.found import Tagged
from llmdeploy.infra.preflight.clouds.aws import AwsCloud, Client
from llmdeploy.infra.preflight.clouds.aws_errors import asking
from llmdeploy.infra.preflight.clouds.errors import CloudUnasked

STACK_TAG: Final = "llmdeploy:stack"
_GLOBAL: Final = ("us-east-1", "us-west-2")
"""Where what has no region is listed: IAM and Route 53, and Global Accelerator."""
_PAGE: Final = 100
_ANY_STACK: Final = {"Name": "tag-key", "Values": [STACK_TAG]}
_STARTED: Final = frozenset(
    {
        "ec2:instance",
        "ec2:network-interface",
        "ec2:spot-instances-request",
        "ec2:volume",
        "ecs:container-instance",
        "ecs:task",
    }
)


class AwsTags:
    """See `search.TagSearch`.

    Args:
        client: makes a boto3 client of a service in a region.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._account = AwsCloud(client)

    def places(self, locations: Sequence[str]) -> Sequence[str]:
        """The regions, and those where what is global is listed."""
        return list(dict.fromkeys((*locations, *_GLOBAL)))

    def tagged(self, place: str, stack: str) -> Sequence[Tagged]:
        """Nothing where the account has not enabled the region: nothing can be there."""
        with suppress(CloudUnasked):
            if self._account.region_state(place) == "disabled":
                return ()
        return [*self._resources(place, stack), *self._groups(place, stack)]

    def remains(self, found: Tagged) -> bool:
        """Not what has ended, which is listed for an hour or longer."""
        return not has_ended(self._client, found)

    def _resources(self, region: str, stack: str) -> Iterator[Tagged]:
        wanted = {"Key": STACK_TAG, **({"Values": [stack]} if stack else {})}
        with asking("tag:GetResources"):
            pages = self._client("resourcegroupstaggingapi", region).get_paginator("get_resources")
            for page in pages.paginate(TagFilters=[wanted], ResourcesPerPage=_PAGE):
                for each in page["ResourceTagMappingList"]:
                    yield _tagged(each["ResourceARN"], each["Tags"])

    def _groups(self, region: str, stack: str) -> Iterator[Tagged]:
        """Auto Scaling groups, which the Tagging API leaves out, and which start GPU instances again."""
        wanted = {"Name": f"tag:{STACK_TAG}", "Values": [stack]} if stack else _ANY_STACK
        with asking("autoscaling:DescribeAutoScalingGroups"):
            pages = self._client("autoscaling", region).get_paginator("describe_auto_scaling_groups")
            for page in pages.paginate(Filters=[wanted]):
                for each in page["AutoScalingGroups"]:
                    yield _tagged(each["AutoScalingGroupARN"], each["Tags"])


def _tagged(arn: str, tags: Sequence[Mapping[str, Any]]) -> Tagged:
    _, _, service, region, _, rest = arn.split(":", 5)
    separator = min((each for each in ":/" if each in rest), key=rest.find, default="")
    kind = rest.partition(separator)[0] if separator else ""
    type_ = f"{service}:{kind}" if kind else service
    stack = next(str(tag["Value"]) for tag in tags if tag["Key"] == STACK_TAG)
    return Tagged("aws", region, type_, arn, stack, made_by_cloud=type_ in _STARTED)
