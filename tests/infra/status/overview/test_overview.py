"""The worst of what was seen, and the exit code that follows from it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from tests.infra.status.overview.world import NOW, instance

from llmdeploy.infra.status.overview import CloudRegion, CloudVersion, EntryAnswer, Overview, View
from llmdeploy.infra.status.overview.view import Verdict, whole, worst
from llmdeploy.infra.status.report import DeploymentStatus, GatewayStatus, RegionStatus

REGION = CloudRegion(
    "aws/us-east-1",
    "healthy",
    (
        CloudVersion("aaaaaaaaaaaa", "own", 0, "healthy", 1, 1, 1, None, (instance("i-1"),)),
        CloudVersion("bbbbbbbbbbbb", "canary", 5, "down", 1, 1, 0, None, (instance("i-2", "initial"),)),
    ),
)


def overview(
    spec: Verdict = "healthy",
    state: Verdict = "healthy",
    cloud: Verdict = "healthy",
    endpoint: Verdict = "healthy",
) -> Overview:
    return Overview(
        stack="chat",
        place="clouds",
        model="chat",
        endpoint="https://chat.example.com/v1",
        looked_at=NOW,
        views={
            "spec": View(spec, "…"),
            "state": View(state, "…"),
            "cloud": View(cloud, "…"),
            "endpoint": View(endpoint, "…"),
        },
        regions=(REGION,),
        entries=(EntryAnswer("aws/us-east-1", "https://one/v1", "healthy", "serves chat", 0.1),),
        evacuated=("aws/us-east-1",),
    )


@pytest.mark.parametrize(
    ("seen", "found", "healthy"),
    [
        (overview(), "healthy", True),
        (overview(spec="degraded"), "healthy", False),
        (overview(state="degraded"), "degraded", False),
        (overview(cloud="degraded"), "degraded", False),
        (overview(cloud="unknown"), "healthy", True),
        (overview(endpoint="unknown"), "healthy", True),
        (overview(cloud="unknown", endpoint="unknown"), "unknown", False),
        (overview(cloud="unknown", endpoint="degraded"), "degraded", False),
        (overview(endpoint="down", state="degraded"), "down", False),
    ],
)
def test_the_worst(seen: Overview, found: str, healthy: bool) -> None:
    assert (seen.worst, seen.healthy) == (found, healthy)


def test_verdicts_of_parts() -> None:
    assert worst(["healthy", "down", "degraded"]) == "down"
    assert worst([]) == "unknown"
    assert whole(["healthy", "healthy", "unknown"]) == "healthy"
    assert whole(["healthy", "down"]) == "degraded"
    assert whole(["down", "down"]) == "down"
    assert whole(["unknown"]) == "unknown"


def test_the_document_is_json_with_every_replica() -> None:
    document = json.loads(json.dumps(overview().document()))
    assert (document["ok"], document["worst"], document["place"]) == (True, "healthy", "clouds")
    assert list(document["views"]) == ["spec", "state", "cloud", "endpoint"]
    assert (document["gateway"], document["spec"]) == (None, "up to date")
    (region,) = document["regions"]
    assert (region["health"], region["entry"], region["evacuated"]) == ("healthy", "https://one/v1", True)
    assert [(each["name"], each["health"], each["role"]) for each in region["replicas"]] == [
        ("i-1", "healthy", "own"),
        ("i-2", "down", "canary"),
    ]
    assert overview(spec="degraded").document()["spec"] == "changed since up"


def test_each_problem_is_said_once() -> None:
    closed = RegionStatus("local/a", "down", "llama.cpp", "random", "", "http://a/v1", False, 7, ())
    gateway = GatewayStatus("healthy", "ready", 1, 0, 1.0, 0, 0, 0, 1.0)
    here = DeploymentStatus(
        "chat", "chat", "http://a/v1", "up to date", gateway, (closed,), ("local/a: closed",), NOW
    )
    seen = replace(overview(), processes=here)
    seen = seen.with_view("state", View("degraded", "…", ("the last up failed",)))
    seen = seen.with_view("cloud", View("degraded", "…", ("the last up failed",)))
    seen = seen.with_view("endpoint", View("degraded", "…", ("local/a: no answer", "local/b: no answer")))
    assert seen.problems == ("local/a: closed", "the last up failed", "local/b: no answer")
