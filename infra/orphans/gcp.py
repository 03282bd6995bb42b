"""Google Cloud, asked by the Cloud Asset Inventory, which knows the labels of every region at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from llmdeploy.infra.orphans.found import Tagged
from llmdeploy.infra.orphans.known import label_of
from llmdeploy.infra.preflight.clouds.errors import CloudUnasked
from llmdeploy.infra.preflight.clouds.gcp_api import GoogleApi, NotThere

STACK_LABEL: Final = "llmdeploy-stack"
_ASSETS: Final = "https://cloudasset.googleapis.com/v1/projects"
_PERMISSION: Final = "cloudasset.assets.searchAllResources"
_PAGE: Final = 500
"""At most, says the API."""
_STARTED: Final = frozenset({"compute.googleapis.com/Instance", "compute.googleapis.com/Disk"})
_NAMED: Final = "//compute.googleapis.com/"
_COMPUTE: Final = "https://compute.googleapis.com/compute/v1/"


class GcpTags:
    """See `search.TagSearch`. The inventory is some minutes behind what was just made or removed."""

    def __init__(self, api: GoogleApi) -> None:
        self._api = api

    def places(self, locations: Sequence[str]) -> Sequence[str]:
        """The whole project in one go."""
        return ("",)

    def tagged(self, place: str, stack: str) -> Sequence[Tagged]:
        """By the label, or by its value."""
        return [_tagged(asset) for asset in self._assets() if _is_of(asset, stack)]

    def remains(self, found: Tagged) -> bool:
        """Instances and disks are asked for themselves, as a fleet takes them away by itself."""
        if found.type not in _STARTED:
            return True
        kind = "instances" if found.type.endswith("Instance") else "disks"
        try:
            self._api.get(found.id.replace(_NAMED, _COMPUTE, 1), f"compute.{kind}.get")
        except NotThere:
            return False
        except CloudUnasked:
            return True
        return True

    def _assets(self) -> Iterator[Mapping[str, Any]]:
        # Finds the words in the key or the value of any label; which label it is, we look at ourselves.
        query = {"query": f'labels:"{STACK_LABEL}"', "pageSize": str(_PAGE)}
        while True:
            url = f"{_ASSETS}/{self._api.project}:searchAllResources"
            answer = self._api.get(url, _PERMISSION, **query)
            yield from answer.get("results", ())
            if not (token := answer.get("nextPageToken")):
                return
            query["pageToken"] = token


def _is_of(asset: Mapping[str, Any], stack: str) -> bool:
    value = asset.get("labels", {}).get(STACK_LABEL)
    return value is not None and (not stack or value == label_of(stack))


def _tagged(asset: Mapping[str, Any]) -> Tagged:
    return Tagged(
        "gcp",
        _region(asset.get("location", "")),
        asset["assetType"],
        asset["name"],
        asset["labels"][STACK_LABEL],
        made_by_cloud=asset["assetType"] in _STARTED,
    )


def _region(location: str) -> str:
    """Of a zone: its region; empty for what is global."""
    if location == "global":
        return ""
    region, _, last = location.rpartition("-")
    return region if len(last) == 1 and region else location
