"""A Pulumi monitor that answers as AWS would and keeps what it is asked to make."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import grpc
import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks

ACCOUNT = "123456789012"
AMI = "ami-0123456789abcdef0"
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""How the engine's protocol marks a secret (pulumi/sdk, runtime/rpc.py)."""


@dataclass(slots=True)
class Declared:
    """A resource as the engine is told of it. Secrets are `{"secret": …}`."""

    type: str
    name: str
    parent: str
    inputs: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)


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


class Monitor(mocks.MockMonitor):
    """Keeps every request, with its options."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.declared: list[Declared] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        options: dict[str, Any] = {}
        if request.ignoreChanges:
            options["ignoreChanges"] = list(request.ignoreChanges)
        if request.customTimeouts.delete:
            options["deleteWithin"] = request.customTimeouts.delete
        self.declared.append(
            Declared(
                request.type,
                request.name,
                request.parent.rpartition("::")[2],
                _plain(json_format.MessageToDict(request.object)),
                options,
            )
        )
        return super().RegisterResource(request)


def declared_by(
    program: Callable[[], None],
    offering: str = "abc",
    hosted_zones: tuple[str, ...] = ("example.com",),
) -> list[Declared]:
    """Everything that a program declares, by name and type."""
    cloud = Cloud(offering, hosted_zones)
    monitor = Monitor(cloud)
    asyncio.set_event_loop(asyncio.new_event_loop())
    pulumi.runtime.set_mocks(cloud, stack="chat", preview=False, monitor=monitor)
    pulumi.runtime.test(program)()
    return sorted(
        (each for each in monitor.declared if each.type != "pulumi:pulumi:Stack"),
        key=lambda each: (each.name, each.type),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get(SIGNATURE) == SECRET:
            return {"secret": _plain(value["value"])}
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
