"""Endpoints of the clouds' own services, through the clouds' own client libraries."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httplib2
import pytest
from botocore.stub import Stubber
from tests.infra.fleet.world import plain_client

from llmdeploy.infra.fleet.aws import AwsFleets
from llmdeploy.infra.fleet.client import FleetLook, VersionLook
from llmdeploy.infra.fleet.gcp import GcpFleets
from llmdeploy.infra.fleet.inventory.aws import AwsInventory
from llmdeploy.infra.fleet.inventory.gcp import GcpInventory
from llmdeploy.infra.fleet.inventory.instances import CloudInstance, Inventory
from llmdeploy.infra.preflight.clouds.errors import Denied
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi

BORN = datetime(2026, 11, 30, tzinfo=UTC)
SAGEMAKER = {"service": "sagemaker", "endpoint": "chat-blue", "unit": "ml.g6.xlarge", "least": 2}
MODEL = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abcdefghijkl"
BEDROCK = {"service": "bedrock", "endpoint": MODEL, "unit": "custom model unit", "least": 0}
VERTEX = {
    "project": "acme",
    "service": "vertex",
    "endpoint": "projects/acme/locations/europe-west4/endpoints/77",
    "unit": "g2-standard-8",
    "least": 1,
}
CLOUD_RUN = {
    "project": "acme",
    "service": "cloud-run",
    "endpoint": "projects/acme/locations/europe-west4/services/chat",
    "unit": "nvidia-l4",
    "least": 0,
}


def endpoint(status: str, running: int, wanted: int, reason: str = "") -> dict[str, Any]:
    variant = {
        "VariantName": "all",
        "CurrentInstanceCount": running,
        "DesiredInstanceCount": wanted,
    }
    return {
        "EndpointName": "chat-blue",
        "EndpointArn": "arn:aws:sagemaker:us-east-1:123456789012:endpoint/chat-blue",
        "EndpointStatus": status,
        "CreationTime": BORN,
        "LastModifiedTime": BORN,
        "ProductionVariants": [variant],
        **({"FailureReason": reason} if reason else {}),
    }


def aws(service: str, say: Callable[[Stubber], None]) -> Callable[[str, str], Any]:
    stub = Stubber(plain_client(service, "us-east-1"))
    say(stub)
    stub.activate()
    return lambda asked, region: stub.client


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (endpoint("InService", 2, 2), FleetLook(2, 2, None)),
        (endpoint("Updating", 2, 3), FleetLook(2, 2, None)),
        (
            endpoint("Failed", 0, 2, "The primary container did not pass\nthe ping health check."),
            FleetLook(
                0,
                0,
                None,
                trouble="the endpoint is Failed: The primary container did not pass the ping health check.",
            ),
        ),
        (endpoint("Creating", 0, 2), FleetLook(0, 0, None, trouble="the endpoint is Creating")),
    ],
    ids=["in service", "being updated", "failed", "being made"],
)
def test_an_endpoint_of_sagemaker(answer: dict[str, Any], expected: FleetLook) -> None:
    client = aws("sagemaker", lambda stub: stub.add_response("describe_endpoint", answer))
    assert AwsFleets(client).look("us-east-1", SAGEMAKER) == expected


def component(status: str, running: int, wanted: int, reason: str = "") -> dict[str, Any]:
    arn = "arn:aws:sagemaker:us-east-1:123456789012:inference-component/chat-blue"
    return {
        "InferenceComponentName": "chat-blue",
        "InferenceComponentArn": arn,
        "EndpointName": "chat-blue",
        "EndpointArn": arn.replace("inference-component", "endpoint"),
        "CreationTime": BORN,
        "LastModifiedTime": BORN,
        "InferenceComponentStatus": status,
        "RuntimeConfig": {"CurrentCopyCount": running, "DesiredCopyCount": wanted},
        **({"FailureReason": reason} if reason else {}),
    }


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (component("InService", 0, 0), FleetLook(0, 0, None)),
        (component("InService", 0, 1), FleetLook(0, 0, None)),
        (component("Updating", 2, 2), FleetLook(2, 2, None)),
        (
            component("Failed", 0, 1, "No\nroom."),
            FleetLook(0, 0, None, trouble="the endpoint is Failed: No room."),
        ),
    ],
    ids=["asleep", "waking", "being updated", "failed"],
)
def test_copies_on_an_endpoint_of_sagemaker(answer: dict[str, Any], expected: FleetLook) -> None:
    """An endpoint that sleeps is none that has failed."""

    def say(stub: Stubber) -> None:
        stub.add_response("describe_endpoint", endpoint("InService", 1, 1))
        stub.add_response("describe_inference_component", answer, {"InferenceComponentName": "chat-blue"})

    facts = {**SAGEMAKER, "component": "chat-blue", "least": 0}
    assert AwsFleets(aws("sagemaker", say)).look("us-east-1", facts) == expected


def test_a_component_that_somebody_has_deleted() -> None:
    def gone(stub: Stubber) -> None:
        stub.add_response("describe_endpoint", endpoint("InService", 0, 0))
        said = 'Could not find inference component "arn:…".'
        stub.add_client_error("describe_inference_component", "ValidationException", said)

    facts = {**SAGEMAKER, "component": "chat-blue", "least": 0}
    look = AwsFleets(aws("sagemaker", gone)).look("us-east-1", facts)
    assert (look.launched, look.trouble) == (0, "there is no inference component chat-blue")


def test_an_endpoint_that_somebody_has_deleted() -> None:
    def gone(stub: Stubber) -> None:
        stub.add_client_error("describe_endpoint", "ValidationException", 'Could not find endpoint "arn:…".')

    look = AwsFleets(aws("sagemaker", gone)).look("us-east-1", SAGEMAKER)
    assert (look.launched, look.healthy, look.trouble) == (0, 0, "there is no endpoint chat-blue")


def test_who_may_not_look_is_told_so() -> None:
    def denied(stub: Stubber) -> None:
        stub.add_client_error("describe_endpoint", "AccessDeniedException")

    with pytest.raises(Denied, match="sagemaker:DescribeEndpoint"):
        AwsFleets(aws("sagemaker", denied)).look("us-east-1", SAGEMAKER)


def test_an_imported_model_is_ready_while_it_is_there() -> None:
    there = {"modelArn": MODEL, "modelName": "chat", "creationTime": BORN}
    client = aws("bedrock", lambda stub: stub.add_response("get_imported_model", there))
    assert AwsFleets(client).look("us-east-1", BEDROCK) == FleetLook(0, 0, None)
    gone = aws(
        "bedrock", lambda stub: stub.add_client_error("get_imported_model", "ResourceNotFoundException")
    )
    assert AwsFleets(gone).look("us-east-1", BEDROCK).trouble == f"there is no endpoint {MODEL}"


def test_instances_of_an_endpoint_one_by_one() -> None:
    client = aws(
        "sagemaker", lambda stub: stub.add_response("describe_endpoint", endpoint("InService", 2, 3))
    )
    assert AwsInventory(client).inventory("us-east-1", SAGEMAKER, "chat") == Inventory(
        3,
        tuple(
            CloudInstance(
                f"chat-blue {index}", "", "ml.g6.xlarge", "on-demand", "in service", BORN.timestamp()
            )
            for index in range(2)
        ),
    )


class Google:
    """Answers one path; 404 to all others."""

    def __init__(self, url: str, answer: dict[str, Any]) -> None:
        self._url, self._answer = url, answer

    def request(self, uri: str, method: str = "GET", body: str | None = None, **_more: Any) -> Any:
        parts = urlsplit(uri)
        found = f"{parts.netloc}{parts.path}" == self._url
        told = self._answer if found else {"error": {"code": 404, "message": "not found"}}
        return httplib2.Response({"status": "200" if found else "404"}), json.dumps(told).encode()


def google(url: str, answer: dict[str, Any]) -> GoogleApi:
    return GoogleApi(lambda: Google(url, answer), "acme", "me@example.com")


VERTEX_URL = f"europe-west4-aiplatform.googleapis.com/v1/{VERTEX['endpoint']}"
RUN_URL = f"run.googleapis.com/v2/{CLOUD_RUN['endpoint']}"


def deployed(available: int, message: str = "") -> dict[str, Any]:
    return {
        "createTime": "2026-11-30T00:00:00Z",
        "deployedModels": [
            {
                "dedicatedResources": {"minReplicaCount": 2},
                "status": {"availableReplicaCount": available, "message": message},
            }
        ],
    }


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (deployed(2), VersionLook(2, 2)),
        (deployed(0, "out of GPUs"), VersionLook(0, 0, trouble="out of GPUs")),
        ({"name": "x"}, VersionLook(0, 0, trouble="no model is deployed on the endpoint")),
    ],
    ids=["serves", "has none", "nothing deployed"],
)
def test_an_endpoint_of_vertex(answer: dict[str, Any], expected: VersionLook) -> None:
    look = GcpFleets(google(VERTEX_URL, answer)).look("europe-west4", VERTEX)
    assert (look.launched, look.healthy, look.trouble) == (
        expected.launched,
        expected.healthy,
        expected.trouble,
    )


def test_a_service_of_cloud_run() -> None:
    ready = {"createTime": "2026-11-30T00:00:00Z", "terminalCondition": {"state": "CONDITION_SUCCEEDED"}}
    one = {**CLOUD_RUN, "least": 1}
    assert GcpFleets(google(RUN_URL, ready)).look("europe-west4", one).healthy == 1
    failed = {"terminalCondition": {"state": "CONDITION_FAILED", "message": "no GPU quota"}}
    assert GcpFleets(google(RUN_URL, failed)).look("europe-west4", one).trouble == "no GPU quota"


def test_an_endpoint_of_google_that_is_gone() -> None:
    api = google("elsewhere", {})
    assert "there is no endpoint" in GcpFleets(api).look("europe-west4", VERTEX).trouble
    assert GcpInventory(api).inventory("europe-west4", VERTEX, "chat").instances == ()
