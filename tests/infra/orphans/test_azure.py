"""Azure's Resource Manager, asked for what a subscription has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from llmdeploy.infra.orphans.azure import AzureTags
from llmdeploy.infra.orphans.known import Known, known_in, regions_in
from llmdeploy.infra.orphans.sweep import sweep
from llmdeploy.infra.preflight.clouds.azure_api import AzureApi

GROUP = "/subscriptions/s/resourceGroups/llmdeploy-chat-eastus"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/chat"
TAGS = {"llmdeploy:stack": "chat-dev"}


def resource(name: str, tags: Mapping[str, str] | None = TAGS) -> dict[str, Any]:
    return {"id": name, "type": "Microsoft.KeyVault/vaults", "location": "eastus", "tags": tags}


class Azure:
    """Lists by path, each a list of pages."""

    def __init__(self, **pages: list[list[Mapping[str, Any]]]) -> None:
        self.pages, self.asked = pages, list[httpx.URL]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        kind = request.url.path.rpartition("/")[2]
        if kind not in self.pages:
            return httpx.Response(403, json={"error": {"code": "AuthorizationFailed"}})
        page = int(request.url.params.get("$skiptoken", "0"))
        more = page + 1 < len(self.pages[kind])
        link = f"https://elsewhere.example/{kind}?api-version=x&%24skiptoken={page + 1}"
        return httpx.Response(
            200, json={"value": self.pages[kind][page], **({"nextLink": link} if more else {})}
        )


def swept(azure: Azure, known: Known | None = None, stack: str = "chat-dev") -> Any:
    client = httpx.Client(transport=httpx.MockTransport(azure))
    tags = AzureTags(AzureApi("s", lambda: "t", client))
    return sweep({"azure": lambda: tags}, ["azure/eastus"], known or Known(), stack)


def test_groups_and_what_is_in_them_are_listed_page_by_page_from_azure_alone() -> None:
    azure = Azure(
        resourcegroups=[[{**resource(GROUP), "type": "Microsoft.Resources/resourceGroups"}]],
        resources=[[resource("/x", None), resource("/y", {"llmdeploy:stack": "other"})], [resource(VAULT)]],
    )
    found = swept(azure)
    assert [each.id for each in found.orphans] == [VAULT, GROUP]
    assert found.looked == ("azure",)
    assert {url.host for url in azure.asked} == {"management.azure.com"}
    assert {each.stack for each in swept(azure, stack="").orphans} == {"chat-dev", "other"}


@pytest.mark.parametrize("name", [VAULT, VAULT.lower(), VAULT.replace("resourceGroups", "resourcegroups")])
def test_what_a_state_has_is_no_orphan_in_whatever_case_azure_writes_it(name: str) -> None:
    kind = "azure-native:keyvault:Vault"
    row = {"urn": f"urn:pulumi:chat-dev::llmdeploy::{kind}::z", "type": kind, "id": VAULT}
    state = {"deployment": {"resources": [{**row, "outputs": {"location": "eastus"}}]}}
    azure = Azure(resourcegroups=[[]], resources=[[resource(name)]])
    assert len(swept(azure).orphans) == 1
    assert swept(azure, known_in([state])).orphans == ()
    assert regions_in(state) == ("azure/eastus",)


def test_a_refused_question_says_what_must_be_allowed() -> None:
    (unlooked,) = swept(Azure(resourcegroups=[[]])).unlooked
    assert (unlooked.where, unlooked.why) == (
        "azure",
        "may not ask: Microsoft.Resources/subscriptions/resources/read is denied",
    )
