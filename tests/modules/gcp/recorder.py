"""A Pulumi engine that answers as Google's cloud would, and what it is then asked to make."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pulumi.runtime import mocks
from tests.modules.declared import Declared, declared_with

PROJECT = "acme-serving"


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
            "uri": f"https://{name}-4x7x2b.a.run.app",
            "host": f"{name}.us-central1-123456789012.prediction.vertexai.goog",
            "path": f"/v1/{path}",
            "resource": path,
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


def declared_by(program: Callable[[], None], zones: Mapping[str, str] | None = None) -> list[Declared]:
    """Everything that a program declares, by name and type.

    Args:
        zones: the project's public DNS zones, name → domain.
    """
    return declared_with(Cloud(PROJECT, zones or {}), program)
