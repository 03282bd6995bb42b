"""Another version in a region without a gateway of its own, step by step: the gateways of the other region
split its requests, and what they saw is judged.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench.rollout.outcome import Outcome, rolled_out
from bench.rollout.world import World, world

pytestmark = [pytest.mark.engine, pytest.mark.slow, pytest.mark.timeout(900)]

AWS, AZURE = "aws/us-east-1", "azure/eastus2"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[World]:
    regions = (AWS, f"{{name: {AZURE}, variant: managed}}")
    order = f", order: [{AZURE}]"
    deployed = World(
        tmp_path, "live", more=order, regions=regions, steps="[50, 100]", bake_s=10, policy="weighted"
    )
    with world(deployed) as up:
        yield up


def moves(found: Outcome) -> list[str]:
    return [event["what"] for event in found.events if event["event"] == "moving"]


def test_a_bad_version_goes_back_and_a_good_one_takes_over(made: World) -> None:
    made.write("errors=0.2")
    bad = rolled_out(made, ("green",))
    assert (bad.code, bad.ended) == (7, "went back"), bad.events
    assert moves(bad) == [
        f"{AZURE}: new replicas start beside the old ones",
        f"{AZURE}: 50 % of the requests",
        f"{AZURE}: back: no request reaches the new version",
        f"{AZURE}: back: the new replicas go",
    ]
    assert bad.seen.failed
    assert {record.region for record in bad.seen.failed} == {AZURE}
    assert bad.seen.broken == []
    assert bad.back_s is not None
    assert bad.back_s < 10

    made.write()
    good = rolled_out(made, ("green",))
    assert good.ended == "done", good.step
    assert f"{AZURE}: the new version is the region's own" in moves(good)
    assert good.seen.failed == []
    judged = {(event["region"], event["percent"]) for event in good.judged}
    assert {(AZURE, 50), (AZURE, 100)} <= judged
    assert {record.region for record in good.seen.of_canary(("green",))} >= {AZURE}
