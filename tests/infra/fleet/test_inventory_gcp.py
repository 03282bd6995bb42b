"""The instances of Google's fleets, through Google's own client library, whose transport answers as the API
does.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httplib2
import pytest

from llmdeploy.infra.fleet.inventory import CloudInstance, Inventory
from llmdeploy.infra.fleet.inventory.gcp import GcpInventory
from llmdeploy.infra.preflight.clouds.errors import Denied
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi

PROJECT = "https://www.googleapis.com/compute/v1/projects/acme"
REGION = "/compute/v1/projects/acme/regions/europe-west4"
FACTS = {"project": "acme", "groups": ["pool", "fallback"], "backend": "backend"}
CREATED = datetime(2026, 11, 24, 8, tzinfo=UTC)


def link(name: str, zone: str = "europe-west4-a") -> str:
    return f"{PROJECT}/zones/{zone}/instances/{name}"


def member(name: str, number: int, status: str = "RUNNING", action: str = "NONE") -> dict[str, Any]:
    return {"instance": link(name), "id": str(number), "instanceStatus": status, "currentAction": action}


class Google:
    """Two running instances, of which one serves, and one that is still looked for."""

    def __init__(self) -> None:
        self.managed: dict[str, list[dict[str, Any]]] = {
            "pool": [
                member("chat-a", 1),
                member("chat-b", 2, action="VERIFYING"),
                {"instance": link("chat-c"), "currentAction": "CREATING"},
            ],
            "fallback": [],
        }
        self.sizes = {"pool": 3, "fallback": 1}
        self.health = {"chat-a": "HEALTHY", "chat-b": "UNHEALTHY"}
        self.refused = ""
        self.filters: list[str] = []

    def request(self, uri: str, method: str = "GET", body: str | None = None, **_more: Any) -> Any:
        parts = urlsplit(uri)
        if self.refused and self.refused in parts.path:
            return httplib2.Response({"status": "403"}), b'{"error": {"code": 403}}'
        answer = self.answer(parts.path, parse_qs(parts.query), json.loads(body or "null"))
        return httplib2.Response({"status": "200"}), json.dumps(answer).encode()

    def answer(self, path: str, query: dict[str, list[str]], body: Any) -> Any:
        if path == "/v3/projects/acme/timeSeries":
            self.filters += query["filter"]
            labels = {"resource": {"labels": {"instance_id": "1"}}}
            points = [{"value": {"doubleValue": each}} for each in (0.5, 0.9)]
            return {"timeSeries": [{**labels, "points": points}]}
        if path == "/compute/v1/projects/acme/zones/europe-west4-a/instances":
            self.filters += query["filter"]
            return {"items": [self.machine("chat-a", "SPOT"), self.machine("chat-b", "STANDARD")]}
        assert path.startswith(REGION)
        what = path.removeprefix(f"{REGION}/").split("/")
        if what[-1] == "listManagedInstances":
            return {"managedInstances": self.managed[what[1]]}
        if what[-1] == "getHealth":
            name = body["group"].rpartition("/")[2]
            rows = [
                {"instance": each["instance"], "healthState": self.health.get(each["instance"][-6:], "")}
                for each in self.managed[name]
            ]
            return {"healthStatus": rows}
        return {"targetSize": self.sizes[what[1]]}

    def machine(self, name: str, model: str) -> dict[str, Any]:
        return {
            "name": name,
            "creationTimestamp": "2026-11-24T00:00:00.000-08:00",
            "machineType": f"{PROJECT}/zones/europe-west4-a/machineTypes/g2-standard-4",
            "scheduling": {"provisioningModel": model},
        }

    def inventory(self) -> Inventory:
        api = GoogleApi(lambda: self, "acme", "me@acme.com", 0)
        return GcpInventory(api).inventory("europe-west4", FACTS, "chat")


def instance(name: str, state: str, **more: Any) -> CloudInstance:
    known = {"zone": "europe-west4-a", "type": "g2-standard-4", "purchase": "on-demand"}
    return CloudInstance(**{"id": name, "state": state, "launched": CREATED.timestamp(), **known, **more})


def test_each_instance_by_itself() -> None:
    google = Google()
    assert google.inventory() == Inventory(
        wanted=3,
        instances=(
            instance("chat-a", "in service", purchase="spot", load=0.5),
            instance("chat-b", "verifying"),
        ),
        load=0.5,
    )
    machines, loads = google.filters
    assert machines == '(name = "chat-a") OR (name = "chat-b")'
    assert 'metric.labels.stack = "chat"' in loads
    assert 'starts_with("europe-west4-")' in loads


def test_states_are_google_s_own() -> None:
    google = Google()
    google.managed["pool"] = [
        member("chat-a", 1, "STAGING"),
        member("chat-b", 2),
        member("chat-d", 3),
    ]
    states = [each.state for each in google.inventory().instances]
    assert states == ["staging", "unhealthy", "not checked yet"]


def test_without_the_permission_there_is_no_load() -> None:
    google = Google()
    google.refused = "timeSeries"
    found = google.inventory()
    assert (found.load, len(found.instances)) == (None, 2)


def test_without_the_permission_for_instances() -> None:
    google = Google()
    google.refused = "zones/europe-west4-a/instances"
    with pytest.raises(Denied, match=r"compute\.instances\.list"):
        google.inventory()
