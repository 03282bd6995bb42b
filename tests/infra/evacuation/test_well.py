"""Whether another region can take over, as clouds tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from llmdeploy.infra.evacuation import EvacuationRefused, Well, well_in_clouds
from llmdeploy.infra.fleet.client import FleetLook
from llmdeploy.serving.errors import LlmdeployError

HERE = "aws/us-east-1"


class Fleets:
    """A cloud that has looked at each of its regions, or cannot."""

    def __init__(self, **looks: FleetLook | LlmdeployError) -> None:
        self._looks = looks

    def look(self, location: str, facts: Mapping[str, Any]) -> FleetLook:
        assert facts["groups"] == [location]
        found = self._looks[location.replace("-", "_")]
        if isinstance(found, LlmdeployError):
            raise found
        return found


def well(**looks: FleetLook | LlmdeployError) -> tuple[Well, ...]:
    clouds = Fleets(**looks)
    regions = [f"gcp/{location.replace('_', '-')}" for location in looks]
    facts = {name: {"groups": [name.partition("/")[2]]} for name in regions}
    return well_in_clouds({"gcp": lambda: clouds}, regions, facts)


def test_one_is_enough() -> None:
    found = well(
        europe_west4=FleetLook(launched=0, healthy=0, gateways_healthy=2),
        us_central1=FleetLook(launched=2, healthy=2, gateways_healthy=2),
    )
    assert [each.why for each in found] == ["no replica is healthy", ""]
    Well.require_one(HERE, found)


def test_none_is_well() -> None:
    found = well(
        europe_west4=FleetLook(launched=1, healthy=0, gateways_healthy=2, trouble="1 replica failed"),
        us_central1=LlmdeployError("no credentials", "log in"),
        us_east4=FleetLook(launched=1, healthy=1, gateways_healthy=0),
    )
    with pytest.raises(EvacuationRefused) as refused:
        Well.require_one(HERE, found)
    assert refused.value.problem == (
        "no region is well that could take the requests of aws/us-east-1 "
        "(gcp/europe-west4: 1 replica failed; "
        "gcp/us-central1: no credentials; gcp/us-east4: no gateway is healthy)"
    )
