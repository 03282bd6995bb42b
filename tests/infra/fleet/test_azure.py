"""A deployment of an online endpoint, asked of Azure Resource Manager over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from llmdeploy.infra.fleet.azure import AzureFleets
from llmdeploy.infra.fleet.client import FleetLook, VersionLook
from llmdeploy.infra.fleet.facts import FactsUnusable
from llmdeploy.infra.preflight.clouds.azure_api import AzureApi
from llmdeploy.infra.preflight.clouds.errors import Denied

WORKSPACE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
BLUE = f"{WORKSPACE}/onlineEndpoints/chat/deployments/blue"
FACTS = {"service": "azure-ml", "endpoint": BLUE, "unit": "Standard_NC24ads_A100_v4", "least": 2}


def fleets(answer: Callable[[httpx.Request], httpx.Response]) -> AzureFleets:
    client = httpx.Client(transport=httpx.MockTransport(answer))
    return AzureFleets(AzureApi("s", lambda: "token", client))


def deployment(state: str, capacity: int = 2) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == BLUE
        assert request.headers["authorization"] == "Bearer token"
        return httpx.Response(
            200, json={"sku": {"capacity": capacity}, "properties": {"provisioningState": state}}
        )

    return answer


@pytest.mark.parametrize("state", ["Succeeded", "Updating", "Scaling"])
def test_a_deployment_serves_while_it_changes(state: str) -> None:
    assert fleets(deployment(state)).look("eastus2", FACTS) == FleetLook(2, 2, gateways_healthy=None)


def test_a_failed_one_says_so() -> None:
    found = fleets(deployment("Failed")).look("eastus2", FACTS)
    assert (found.launched, found.healthy, found.trouble) == (0, 0, "the deployment is Failed")


def test_one_that_is_not_there() -> None:
    found = fleets(lambda _: httpx.Response(404, json={})).look("eastus2", FACTS)
    assert found.trouble == f"there is no endpoint {BLUE}"


def test_the_other_version_is_asked_too() -> None:
    beside: dict[str, Any] = {**FACTS, "endpoint": BLUE, "revision": "0123456789ab"}
    found = fleets(deployment("Succeeded")).look("eastus2", {**FACTS, "beside": beside})
    assert found.beside == VersionLook(2, 2)


def test_the_inventory_has_as_many_as_azure_tells() -> None:
    found = fleets(deployment("Succeeded", 3)).inventory("eastus2", FACTS, "chat")
    assert (found.wanted, [each.type for each in found.instances]) == (3, ["Standard_NC24ads_A100_v4"] * 3)


def test_what_may_not_be_asked_and_what_cannot() -> None:
    with pytest.raises(Denied, match=r"deployments/read is denied"):
        fleets(lambda _: httpx.Response(403, json={"error": {"code": "AuthorizationFailed"}})).look(
            "e", FACTS
        )
    with pytest.raises(FactsUnusable):
        fleets(deployment("Succeeded")).look("eastus2", {"groups": []})
