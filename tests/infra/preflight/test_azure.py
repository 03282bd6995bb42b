"""Azure, asked the preflight's questions over HTTP."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from llmdeploy.infra.preflight.clouds.azure import AzureCloud
from llmdeploy.infra.preflight.clouds.azure_api import AzureApi, azure_api
from llmdeploy.infra.preflight.clouds.azure_role import actions, custom_role, providers
from llmdeploy.infra.preflight.clouds.azure_token import Token, Tokens, of_principal
from llmdeploy.infra.preflight.clouds.errors import NoCredentials, ServiceDisabled
from llmdeploy.infra.preflight.clouds.protocol import Held, Identity, Quota, QuotaName

ANSWERS: dict[str, Any] = {
    "/subscriptions/s": {"displayName": "Acme"},
    "/subscriptions/s/locations": {"value": [{"name": "eastus"}]},
    "/subscriptions/s/providers/Microsoft.Authorization/permissions": {
        "value": [{"actions": ["*/read", "Microsoft.Storage/*"], "notActions": ["*/delete"]}]
    },
    "/subscriptions/s/providers/Microsoft.MachineLearningServices/locations/eastus/usages": {
        "value": [{"name": {"value": "Standard NCADSA100v4 Family"}, "limit": 48, "currentValue": 24}]
    },
    "/subscriptions/s/providers/Microsoft.Storage": {"registrationState": "Registered"},
    "/subscriptions/s/resourceGroups/llmdeploy-chat-eastus": {"name": "llmdeploy-chat-eastus"},
}


def answered(request: httpx.Request) -> httpx.Response:
    found = ANSWERS.get(request.url.path)
    if found is None and "/providers/Microsoft." in request.url.path:
        return httpx.Response(200, json={"registrationState": "NotRegistered"})
    return httpx.Response(404 if found is None else 200, json=found or {"error": {"code": "NotFound"}})


@pytest.fixture
def cloud() -> AzureCloud:
    return AzureCloud(AzureApi("s", lambda: "t", httpx.Client(transport=httpx.MockTransport(answered))))


def test_who_asks_and_where(cloud: AzureCloud) -> None:
    assert cloud.identity() == Identity("Acme", "s")
    assert [cloud.region_state(each) for each in ("eastus", "mars")] == ["enabled", "unknown"]
    assert cloud.held("eastus", "chat") == Held(networks=1)
    assert cloud.held("westus", "chat") == Held()


def test_rights_are_patterns_of_which_some_are_taken_away(cloud: AzureCloud) -> None:
    denied = set(cloud.denied())
    assert "Microsoft.Storage/storageAccounts/write" not in denied
    assert "Microsoft.Storage/storageAccounts/delete" in denied
    assert "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write" in denied
    assert not any(each.endswith("/read") for each in denied)


def test_a_quota_is_that_of_the_family_however_it_is_written(cloud: AzureCloud) -> None:
    name = QuotaName("Microsoft.MachineLearningServices", "", "standardNCADSA100v4Family")
    assert cloud.quota("eastus", name) == Quota(48.0, 24.0)
    assert cloud.quota("eastus", QuotaName("m", "", "another")) is None


def test_what_is_not_registered(cloud: AzureCloud) -> None:
    assert set(cloud.disabled_services()) == set(providers()) - {"Microsoft.Storage"}


def test_the_role_has_every_action_once() -> None:
    assert custom_role()["Actions"] == actions()
    assert len(set(actions())) == len(actions())


def test_a_service_that_is_not_registered_is_said_to_be() -> None:
    refusing = httpx.MockTransport(
        lambda _: httpx.Response(409, json={"error": {"code": "MissingSubscriptionRegistration"}})
    )
    with pytest.raises(ServiceDisabled, match=r"Microsoft\.Storage is not enabled"):
        AzureApi("s", lambda: "t", httpx.Client(transport=refusing)).get(
            "/x", "Microsoft.Storage/storageAccounts/read", "1"
        )


def test_a_principals_secret_goes_to_the_login_alone_and_into_no_error() -> None:
    environ = {"ARM_TENANT_ID": "t", "ARM_CLIENT_ID": "c", "ARM_CLIENT_SECRET": "canary"}
    seen: list[httpx.Request] = []

    def login(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if len(seen) > 1:
            return httpx.Response(401, json={"error_description": "canary"})
        return httpx.Response(200, json={"access_token": "token", "expires_in": 3600})

    fetch = of_principal(environ, httpx.Client(transport=httpx.MockTransport(login)))
    assert fetch is not None
    tokens = Tokens(fetch)
    assert (tokens.current(), tokens.current()) == ("token", "token")
    assert [str(each.url.host) for each in seen] == ["login.microsoftonline.com"]
    with pytest.raises(NoCredentials) as refused:
        fetch()
    assert "canary" not in f"{refused.value} {refused.value.mend}"


def test_a_token_is_fetched_anew_before_it_ends() -> None:
    tokens = iter([Token("old", 0.0), Token("new", 1e12)])
    kept = Tokens(lambda: next(tokens))
    assert (kept.current(), kept.current(), kept.current()) == ("old", "new", "new")


def test_without_credentials_the_mend_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NoCredentials, match="az login"):
        azure_api({})
