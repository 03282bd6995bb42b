"""Azure, whose Resource Manager lists what a subscription has, with its tags, in every region at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from llmdeploy.infra.orphans.aws import STACK_TAG
from llmdeploy.infra.orphans.found import Tagged
from llmdeploy.infra.preflight.clouds.azure_api import AzureApi

_VERSION: Final = "2021-04-01"
_GROUPS: Final = ("resourcegroups", "Microsoft.Resources/subscriptions/resourceGroups/read")
_RESOURCES: Final = ("resources", "Microsoft.Resources/subscriptions/resources/read")


class AzureTags:
    """See `search.TagSearch`. A filter by tag would leave out the tags (Azure REST, Resources - List), so
    that all are listed and looked at here.
    """

    def __init__(self, api: AzureApi) -> None:
        self._api = api

    def places(self, locations: Sequence[str]) -> Sequence[str]:
        """The whole subscription in one go."""
        return ("",)

    def tagged(self, place: str, stack: str) -> Sequence[Tagged]:
        """Resource groups, then what is in them."""
        listed = (each for kind, action in (_GROUPS, _RESOURCES) for each in self._list(kind, action))
        return [_tagged(each) for each in listed if _is_of(each, stack)]

    def remains(self, found: Tagged) -> bool:
        """What is listed is there: nothing starts or ends by itself."""
        return True

    def _list(self, kind: str, action: str) -> Iterator[Mapping[str, Any]]:
        query: dict[str, str] = {}
        while True:
            path = f"/subscriptions/{self._api.subscription}/{kind}"
            answer = self._api.get(path, action, _VERSION, **query)
            yield from answer.get("value", ())
            if not (link := answer.get("nextLink")):
                return
            # The token of the page alone: the credentials go to no address that an answer names.
            given = parse_qs(urlsplit(link).query)
            query = {name: values[0] for name, values in given.items() if name.lower() == "$skiptoken"}
            if not query:
                return


def _is_of(resource: Mapping[str, Any], stack: str) -> bool:
    value = (resource.get("tags") or {}).get(STACK_TAG)
    return value is not None and (not stack or value == stack)


def _tagged(resource: Mapping[str, Any]) -> Tagged:
    return Tagged(
        "azure", resource.get("location", ""), resource["type"], resource["id"], resource["tags"][STACK_TAG]
    )
