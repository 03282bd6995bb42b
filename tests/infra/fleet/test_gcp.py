"""Google Cloud through Google's own client library, whose transport answers as the API does."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import httplib2
import pytest

from llmdeploy.infra.fleet.client import FleetLook
from llmdeploy.infra.fleet.gcp import GcpFleets
from llmdeploy.infra.preflight.clouds.errors import CloudUnasked, Denied, NoAnswer
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi

REGION = "/compute/v1/projects/acme/regions/europe-west4"
LINK = "https://www.googleapis.com/compute/v1/projects/acme/regions/europe-west4/instanceGroups"
FACTS = {
    "project": "acme",
    "groups": ["pool", "fallback"],
    "backend": "backend",
    "gateway_group": f"{LINK}/gateways",
}
EXHAUSTED = {
    "code": "ZONE_RESOURCE_POOL_EXHAUSTED",
    "message": "The zone 'europe-west4-a' does not have enough resources available to fulfill the request. "
    "Try a different zone, or try again later.",
}


class Google:
    """Answers by path: (status, body), or a function of the request's body."""

    def __init__(self, **answers: Any) -> None:
        self.answers: dict[str, Any] = {
            "instanceGroupManagers/pool/listManagedInstances": [],
            "instanceGroupManagers/fallback/listManagedInstances": [],
            "instanceGroupManagers/gateways/listManagedInstances": [well(), well()],
        }
        self.health: dict[str, list[str]] = {}
        self.errors: list[dict[str, Any]] = []
        self.status = 200
        self.asked: list[str] = []

    def request(self, uri: str, method: str = "GET", body: str | None = None, **_more: Any) -> Any:
        path = urlsplit(uri).path
        assert path.startswith(REGION)
        return httplib2.Response({"status": str(self.status)}), json.dumps(
            self.answer(method, path.removeprefix(f"{REGION}/"), json.loads(body or "null"))
        ).encode()

    def answer(self, method: str, path: str, body: Any) -> Any:
        self.asked.append(f"{method} {path}")
        if self.status != 200:
            return {"error": {"code": self.status, "message": "canary of a message"}}
        if path.endswith("listErrors"):
            return {"items": self.errors}
        if path == "backendServices/backend/getHealth":
            name = body["group"].removeprefix(f"{LINK}/")
            # Google leaves the list out where it is empty.
            rows = [
                {"instance": f"{name}-{n}", "healthState": state, "port": 8000}
                for n, state in enumerate(self.health.get(name, ()))
            ]
            return {"kind": "compute#backendServiceGroupHealth", **({"healthStatus": rows} if rows else {})}
        assert method == "POST"
        return {"managedInstances": self.answers[path]}

    def managed(self, group: str, *instances: dict[str, Any]) -> None:
        self.answers[f"instanceGroupManagers/{group}/listManagedInstances"] = list(instances)

    def look(self) -> FleetLook:
        return GcpFleets(GoogleApi(lambda: self, "acme", "me@acme.com", 0)).look("europe-west4", FACTS)


def well(state: str = "HEALTHY") -> dict[str, Any]:
    return {
        "instanceStatus": "RUNNING",
        "currentAction": "NONE",
        "instanceHealth": [{"detailedHealthState": state}],
    }


def missing(*errors: dict[str, str]) -> dict[str, Any]:
    """An instance that is not there: it has no status."""
    attempt = {"lastAttempt": {"errors": {"errors": list(errors)}}} if errors else {}
    return {"currentAction": "CREATING", **attempt}


@pytest.fixture
def google() -> Google:
    return Google()


def test_a_fleet_that_is_up(google: Google) -> None:
    google.managed("pool", well(), well())
    google.health = {"pool": ["HEALTHY", "HEALTHY"]}
    assert google.look() == FleetLook(2, 2, 2)
    assert not [each for each in google.asked if "listErrors" in each]


def test_both_groups_count(google: Google) -> None:
    google.managed("pool", well())
    google.managed("fallback", well())
    google.managed("gateways", well(), well("TIMEOUT"), {**well(), "instanceStatus": "STOPPING"})
    google.health = {"pool": ["HEALTHY"], "fallback": ["UNHEALTHY"]}
    assert google.look() == FleetLook(2, 1, 1, trouble="1 replica failed the load balancer's check")


def test_an_instance_that_looks_for_hardware_is_not_launched(google: Google) -> None:
    google.managed("pool", {"instanceStatus": "PROVISIONING", "currentAction": "CREATING"})
    assert google.look() == FleetLook(0, 0, 2)


def test_the_last_attempt_says_why(google: Google) -> None:
    google.managed("pool", well(), missing(EXHAUSTED))
    google.health = {"pool": ["HEALTHY"]}
    found = google.look()
    assert (found.launched, found.healthy) == (1, 1)
    assert str(found.refusal) == (
        "ZONE_RESOURCE_POOL_EXHAUSTED: The zone 'europe-west4-a' does not have enough resources available to "
        "fulfill the request."
    )


def test_else_the_newest_of_the_groups_errors_that_is_about_creating(google: Google) -> None:
    google.managed("pool", missing())
    google.errors = [
        {"timestamp": "2026-11-24T10:00:00Z", "error": EXHAUSTED},
        {
            "timestamp": "2026-11-24T11:00:00Z",
            "error": {"code": "QUOTA_EXCEEDED", "message": "Quota 'NVIDIA_L4_GPUS' exceeded.  Limit: 0.0"},
            "instanceActionDetails": {"action": "CREATING"},
        },
        {
            "timestamp": "2026-11-24T12:00:00Z",
            "error": {"code": "OTHER", "message": "of an instance that goes"},
            "instanceActionDetails": {"action": "DELETING"},
        },
    ]
    assert str(google.look().refusal) == "QUOTA_EXCEEDED: Quota 'NVIDIA_L4_GPUS' exceeded. Limit: 0.0"


def test_what_the_fallback_is_refused_counts_first(google: Google) -> None:
    google.managed("pool", missing(EXHAUSTED))
    google.managed("fallback", missing({"code": "QUOTA_EXCEEDED", "message": "none left"}))
    assert str(google.look().refusal) == "QUOTA_EXCEEDED: none left"


def test_gateways_that_no_output_names(google: Google) -> None:
    facts = {key: value for key, value in FACTS.items() if key != "gateway_group"}
    api = GoogleApi(lambda: google, "acme", "me@acme.com", 0)
    assert GcpFleets(api).look("europe-west4", facts).gateways_healthy is None


@pytest.mark.parametrize(
    ("status", "kind"), [(403, Denied), (429, NoAnswer), (503, NoAnswer), (404, CloudUnasked)]
)
def test_errors_are_ours(google: Google, status: int, kind: type[CloudUnasked]) -> None:
    google.status = status
    with pytest.raises(kind) as refused:
        google.look()
    assert "canary" not in str(refused.value)
