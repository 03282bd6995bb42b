"""The simulated clouds of one stack, asked for what carries our tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from llmdeploy.infra.orphans.aws import STACK_TAG
from llmdeploy.infra.orphans.found import Tagged
from llmdeploy.infra.orphans.gcp import STACK_LABEL
from llmdeploy.infra.simulate.clouds import SimulatedClouds
from llmdeploy.infra.simulate.records import Record

_PACKAGES: Final = {"azure": "azure-native"}
"""Where the SDK is not called as its cloud is."""


class SimulatedTags:
    """See `search.TagSearch`. Instances are no resources there: a group has them, or they are gone.

    Args:
        provider: `aws`, `azure` or `gcp`.
    """

    def __init__(self, clouds: SimulatedClouds, provider: str) -> None:
        self._clouds = clouds
        self._package = _PACKAGES.get(provider, provider)
        self._provider = provider

    def places(self, locations: Sequence[str]) -> Sequence[str]:
        """All in one go."""
        return ("",)

    def tagged(self, place: str, stack: str) -> Sequence[Tagged]:
        """Raises SimulationError: the clouds cannot be read."""
        records = self._clouds.resources() if self._clouds.exist else []
        return list(_tagged(self._provider, (each for each in records if each.package == self._package)))

    def remains(self, found: Tagged) -> bool:
        """What is listed is there."""
        return True


def _tagged(provider: str, records: Iterator[Record]) -> Iterator[Tagged]:
    for record in records:
        if stack := _stack(record.outputs):
            name = str(record.outputs.get("arn") or record.id)
            yield Tagged(provider, record.region, record.token, name, stack)


def _stack(outputs: Mapping[str, Any]) -> str:
    tags = outputs.get("tags")
    if isinstance(tags, list):  # an Auto Scaling group's
        tags = {each.get("key"): each.get("value") for each in tags}
    labels = outputs.get("labels")
    return str((tags or {}).get(STACK_TAG) or (labels or {}).get(STACK_LABEL) or "")
