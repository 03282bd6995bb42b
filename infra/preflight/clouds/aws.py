"""AWS, asked through boto3 with the user's own credentials."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal

from llmdeploy.infra.preflight.clouds import aws_quota
from llmdeploy.infra.preflight.clouds.aws_errors import asking
from llmdeploy.infra.preflight.clouds.aws_policy import denied_actions
from llmdeploy.infra.preflight.clouds.errors import ExtraMissing
from llmdeploy.infra.preflight.clouds.protocol import Held, Identity, Quota, QuotaName
from llmdeploy.infra.preflight.images import AWS_PARAMETER

_HOME: Final = "us-east-1"
"""Where IAM, STS, Route 53 and the list of regions are asked: it is enabled in every account."""
_ATTEMPTS: Final = 5
_CONNECT_S: Final = 5
_READ_S: Final = 15
_STACK_TAG: Final = "tag:llmdeploy:stack"
Client = Callable[[str, str], Any]
"""Makes a boto3 client of a service in a region."""


def aws_cloud() -> AwsCloud:
    """AWS with the credentials that the environment names.

    Raises:
        ExtraMissing: boto3 is not installed.
        NoCredentials: the environment names a profile that there is not.
    """
    return AwsCloud(boto3_clients())


def boto3_clients(attempts: int = _ATTEMPTS, **options: Any) -> Client:
    """Clients with timeouts and retries, one of each kind, made one at a time as boto3 asks.

    Args:
        attempts: tries of one call.
        options: of every client, such as `endpoint_url`.

    Raises:
        ExtraMissing: boto3 is not installed.
        NoCredentials: the environment names a profile that there is not.
    """
    try:
        import boto3
        from botocore.config import Config
    except ImportError as error:
        raise ExtraMissing("aws", "boto3") from error
    # The adaptive mode slows down by itself when AWS throttles.
    config = Config(
        connect_timeout=_CONNECT_S,
        read_timeout=_READ_S,
        retries={"mode": "adaptive", "total_max_attempts": attempts},
    )
    with asking("sts:GetCallerIdentity"):
        session = boto3.Session()
    made: dict[tuple[str, str], Any] = {}
    lock = threading.Lock()

    def client(service: str, region: str) -> Any:
        with lock:
            if (service, region) not in made:
                made[service, region] = session.client(service, region_name=region, config=config, **options)
            return made[service, region]

    return client


class AwsCloud:
    """An AWS account. See `protocol.Cloud`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._regions: dict[str, str] = {}

    def identity(self) -> Identity:
        """The caller of STS."""
        with asking("sts:GetCallerIdentity"):
            found = self._client("sts", _HOME).get_caller_identity()
        return Identity(found["Arn"], found["Account"])

    def denied(self) -> Sequence[str]:
        """Asked of IAM's policy simulator."""
        arn = self.identity().who
        with asking("iam:SimulatePrincipalPolicy"):
            return denied_actions(self._client("iam", _HOME), arn)

    def disabled_services(self) -> Sequence[str]:
        """AWS switches nothing off."""
        return ()

    def region_state(self, location: str) -> Literal["enabled", "disabled", "unknown"]:
        """By the region's opt-in status."""
        status = self._opt_in().get(location)
        if status is None:
            return "unknown"
        return "disabled" if status == "not-opted-in" else "enabled"

    def quota(self, location: str, name: QuotaName) -> Quota | None:
        """From Service Quotas, with the usage that CloudWatch or EC2 tells."""
        return aws_quota.quota(self._client, location, name)

    def held(self, location: str, stack: str) -> Held:
        """By the tag that every resource of a stack has."""
        ec2 = self._client("ec2", location)
        tagged = [{"Name": _STACK_TAG, "Values": [stack]}]
        alive = [{"Name": "instance-state-name", "Values": ["pending", "running"]}]
        with asking("ec2:DescribeInstances"):
            pages = ec2.get_paginator("describe_instances").paginate(Filters=[*tagged, *alive])
            instances = [
                each for page in pages for group in page["Reservations"] for each in group["Instances"]
            ]
        with asking("ec2:DescribeVpcs"):
            networks = ec2.describe_vpcs(Filters=tagged)["Vpcs"]
        spot = sum(each.get("InstanceLifecycle") == "spot" for each in instances)
        return Held(len(instances) - spot, spot, len(networks))

    def zones_offering(self, location: str, instance: str) -> Sequence[str]:
        """From EC2's instance type offerings."""
        with asking("ec2:DescribeInstanceTypeOfferings"):
            pages = (
                self._client("ec2", location)
                .get_paginator("describe_instance_type_offerings")
                .paginate(
                    LocationType="availability-zone",
                    Filters=[{"Name": "instance-type", "Values": [instance]}],
                )
            )
            return [each["Location"] for page in pages for each in page["InstanceTypeOfferings"]]

    def machine_image(self, location: str) -> str:
        """The AMI that the public parameter names."""
        ssm = self._client("ssm", location)
        with asking("ssm:GetParameter"):
            try:
                return str(ssm.get_parameter(Name=AWS_PARAMETER)["Parameter"]["Value"])
            except ssm.exceptions.ParameterNotFound:
                return ""

    def holds(self, location: str, bucket: str, prefix: str) -> bool:
        """By listing one object."""
        s3 = self._client("s3", location)
        with asking("s3:ListBucket"):
            try:
                return bool(s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("KeyCount"))
            except s3.exceptions.NoSuchBucket:
                return False

    def spot_score(self, location: str, instance: str, count: int) -> int | None:
        """EC2's spot placement score of the region."""
        with asking("ec2:GetSpotPlacementScores"):
            scores = self._client("ec2", location).get_spot_placement_scores(
                InstanceTypes=[instance],
                TargetCapacity=count,
                TargetCapacityUnitType="units",
                RegionNames=[location],
            )["SpotPlacementScores"]
        return max((each["Score"] for each in scores), default=1)

    def public_zone(self, domain: str) -> str | None:
        """The longest of Route 53's public zones that the domain ends in."""
        labels = domain.rstrip(".").split(".")
        route53 = self._client("route53", _HOME)
        for start in range(len(labels) - 1):
            name = ".".join(labels[start:]) + "."
            with asking("route53:ListHostedZonesByName"):
                zones = route53.list_hosted_zones_by_name(DNSName=name, MaxItems="10")["HostedZones"]
            for zone in zones:
                if zone["Name"] == name and not zone["Config"]["PrivateZone"]:
                    return name.rstrip(".")
        return None

    def _opt_in(self) -> dict[str, str]:
        """The status of every region there is, asked once."""
        with self._lock, asking("ec2:DescribeRegions"):
            if not self._regions:
                found = self._client("ec2", _HOME).describe_regions(AllRegions=True)["Regions"]
                self._regions = {each["RegionName"]: each["OptInStatus"] for each in found}
            return self._regions
