"""A Pulumi monitor that answers as Google's cloud would and keeps what it is asked to make."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pulumi
from google.protobuf import json_format
from pulumi.runtime import mocks

PROJECT = "acme-serving"
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
    needs: frozenset[str] = frozenset()
    """The names of the resources that must be there first."""


class Cloud(mocks.Mocks):
    """What Google's cloud answers, by rule."""

    def __init__(self, project: str, zones: Mapping[str, str]) -> None:
        self._project, self._zones = project, zones

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        name = args.inputs.get("name", f"{args.name}-1a2b3c4")
        base = f"projects/{self._project}"
        path = f"{base}/{args.typ.rpartition(':')[2]}/{name}"
        outputs = {
            "name": name,
            "selfLink": f"https://www.googleapis.com/compute/v1/{path}",
            "email": f"{args.inputs.get('accountId')}@{self._project}.iam.gserviceaccount.com",
            "address": f"203.0.113.{len(args.name)}",
            "instanceGroup": f"https://www.googleapis.com/compute/v1/{base}/instanceGroups/{name}",
            "uptimeCheckId": name,
            "dnsResourceRecords": [{"name": "_acme.example.", "type": "CNAME", "data": "proof.example."}],
        }
        return path, {**outputs, **args.inputs}

    def call(self, args: mocks.MockCallArgs) -> dict[str, Any]:  # type: ignore[override]
        if args.token == "gcp:compute/getImage:getImage":
            image = f"{args.args['family']}-v20260626"
            return {"selfLink": f"projects/{args.args['project']}/global/images/{image}"}
        if args.token == "gcp:dns/getManagedZones:getManagedZones":
            return {
                "project": self._project,
                "managedZones": [
                    {"name": name, "dnsName": domain, "visibility": "public", "id": f"zones/{name}"}
                    for name, domain in self._zones.items()
                ],
            }
        raise AssertionError(f"nobody answers {args.token}")


class Monitor(mocks.MockMonitor):
    """Keeps every request, with its options."""

    def __init__(self, cloud: Cloud) -> None:
        super().__init__(cloud)
        self.declared: list[Declared] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the protocol's name
        inputs = _plain(json_format.MessageToDict(request.object))
        options: dict[str, Any] = {}
        if request.deleteBeforeReplace:
            options["deleteBeforeReplace"] = True
        if request.ignoreChanges:
            options["ignoreChanges"] = list(request.ignoreChanges)
        self.declared.append(
            Declared(
                request.type,
                request.name,
                request.parent.rpartition("::")[2],
                inputs,
                options,
                frozenset(urn.rpartition("::")[2] for urn in request.dependencies),
            )
        )
        return super().RegisterResource(request)


def declared_by(program: Callable[[], None], zones: Mapping[str, str] | None = None) -> list[Declared]:
    """Everything that a program declares, by name and type.

    Args:
        zones: the project's public DNS zones, name → domain.
    """
    cloud = Cloud(PROJECT, zones or {})
    monitor = Monitor(cloud)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        pulumi.runtime.set_mocks(cloud, stack="chat", preview=False, monitor=monitor)
        pulumi.runtime.test(program)()
    finally:
        loop.close()
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
