"""A Pulumi engine that answers as AWS would, and what it is then asked to make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc
from pulumi.runtime import mocks
from tests.modules.declared import Declared, declared_with

ACCOUNT = "123456789012"
AMI = "ami-0123456789abcdef0"


class NotThere(grpc.RpcError):
    """How the engine says that a data source has found nothing."""

    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        return "no matching Route 53 Hosted Zone found"


class Cloud(mocks.Mocks):
    """What AWS answers, by rule.

    Args:
        offering: the zones' letters that offer every instance.
        hosted_zones: the account's public zones.
    """

    def __init__(self, offering: str, hosted_zones: tuple[str, ...]) -> None:
        self._offering, self._hosted_zones = offering, hosted_zones
        self.asked: list[str] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        kind, region = args.typ.rpartition(":")[2], args.inputs.get("region", "")
        service = args.typ.split(":")[1].partition("/")[0]
        # Our own resources check what a role is called.
        kind = "role" if kind == "Role" else kind
        name = args.inputs.get("name") or args.inputs.get("bucket") or f"{args.name}-1a2b3c4"
        proof = {
            "resourceRecordName": "_proof.chat.example.com.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": "_value.acm-validations.aws.",
        }
        outputs = {
            "name": name,
            "arn": f"arn:aws:{service}:{region}:{ACCOUNT}:{kind}/{name}",
            "secretArn": f"{args.inputs.get('secretId')}",
            "arnSuffix": f"app/{name}/50dc6c495c0c9188",
            "dnsName": f"{name}.{region or 'global'}.example-aws.com",
            "zoneId": f"Z{kind.upper()}{region.replace('-', '').upper()}",
            "hostedZoneId": "Z2BJ6XQ5FK7U4H",
            "latestVersion": 1,
            "prefixListId": "pl-63a5400a",
            "repositoryUrl": f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/{name}",
            "domainValidationOptions": [proof],
            "fqdn": args.inputs.get("name"),
        }
        return f"{args.name}-id", {**outputs, **args.inputs}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        self.asked.append(args.token)
        region = args.args.get("region", "")
        if args.token == "aws:ssm/getParameter:getParameter":
            return {"value": AMI}
        if args.token == "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings":
            return {"locations": [f"{region}{letter}" for letter in self._offering]}
        if args.token == "aws:index/getAvailabilityZones:getAvailabilityZones":
            return {"names": [f"{region}{letter}" for letter in "abcd"]}
        if args.token == "aws:index/getCallerIdentity:getCallerIdentity":
            return {"accountId": ACCOUNT}
        if args.token == "aws:route53/getZone:getZone":
            if args.args["name"] in self._hosted_zones:
                return {"zoneId": "ZPUBLIC"}
            raise NotThere
        raise AssertionError(f"nobody answers {args.token}")


def declared_by(
    program: Callable[[], None],
    offering: str = "abc",
    hosted_zones: tuple[str, ...] = ("example.com",),
) -> list[Declared]:
    """Everything that a program declares, by name and type."""
    return declared_with(Cloud(offering, hosted_zones), program)
