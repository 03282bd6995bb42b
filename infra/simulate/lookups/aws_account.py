"""AWS's data sources about the account, regions, hosted zones and policies."""

from __future__ import annotations

import json
from typing import Any, Final

from llmdeploy.infra.simulate.errors import CloudError
from llmdeploy.infra.simulate.lookups.ask import Answer, Ask
from llmdeploy.infra.simulate.lookups.aws_filters import known_region
from llmdeploy.infra.simulate.offline import aws

_NAMES: Final = {
    "us-east-1": "US East (N. Virginia)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "Europe (Ireland)",
}


def _caller(ask: Ask) -> dict[str, Any]:
    return {
        "accountId": ask.place.account,
        "arn": f"arn:aws:iam::{ask.place.account}:user/simulated",
        "userId": "AIDASIMULATED",
        "id": ask.place.account,
    }


def _region(ask: Ask) -> dict[str, Any]:
    region = known_region(ask.region)
    return {
        "name": region,
        "region": region,
        "id": region,
        "endpoint": f"ec2.{region}.amazonaws.com",
        "description": _NAMES.get(region, region),
    }


def _regions(ask: Ask) -> dict[str, Any]:
    return {"names": list(aws.regions()), "id": "aws", "allRegions": True}


def _partition(ask: Ask) -> dict[str, Any]:
    return {
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
        "id": "aws",
    }


def _zone(ask: Ask) -> dict[str, Any]:
    wanted_id, name = ask.args.get("zoneId"), str(ask.args.get("name") or "").rstrip(".")
    private = bool(ask.args.get("privateZone", False))
    for zone in ask.settings.get("hosted_zones", []):
        if wanted_id == zone["id"] or (
            name == zone["name"].rstrip(".") and bool(zone.get("private")) == private
        ):
            return _zone_answer(zone["id"], zone["name"], private)
    for record in ask.store.of("aws:route53/zone:Zone"):
        is_private = bool(record.inputs.get("vpcs"))
        if wanted_id == record.id or (name == record.outputs["name"].rstrip(".") and is_private == private):
            return _zone_answer(record.id, record.outputs["name"], is_private)
    raise CloudError("", f"no matching Route 53 Hosted Zone found: {name or wanted_id}")


def _zone_answer(identity: str, name: str, private: bool) -> dict[str, Any]:
    return {
        "id": identity,
        "zoneId": identity,
        "name": name.rstrip("."),
        "arn": f"arn:aws:route53:::hostedzone/{identity}",
        "privateZone": private,
        "nameServers": [f"ns-{number}.awsdns-00.com" for number in (1, 2, 3, 4)],
        "primaryNameServer": "ns-1.awsdns-00.com",
    }


def _policy_document(ask: Ask) -> dict[str, Any]:
    names = {
        "actions": "Action",
        "notActions": "NotAction",
        "resources": "Resource",
        "notResources": "NotResource",
    }
    statements = []
    for given in ask.args.get("statements") or []:
        statement: dict[str, Any] = {"Effect": given.get("effect", "Allow")}
        if given.get("sid"):
            statement["Sid"] = given["sid"]
        for name, written in names.items():
            if given.get(name):
                statement[written] = given[name][0] if len(given[name]) == 1 else given[name]
        if given.get("principals"):
            statement["Principal"] = {each["type"]: each["identifiers"] for each in given["principals"]}
        for condition in given.get("conditions") or []:
            inside = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
            inside[condition["variable"]] = condition["values"]
        statements.append(statement)
    document = {"Version": ask.args.get("version", "2012-10-17"), "Statement": statements}
    return {"json": json.dumps(document, indent=2), "minifiedJson": json.dumps(document), "id": "0"}


ANSWERS: Final[dict[str, Answer]] = {
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getRegions:getRegions": _regions,
    "aws:route53/getZone:getZone": _zone,
}
