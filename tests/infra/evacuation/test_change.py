"""What an evacuation may change."""

from __future__ import annotations

import pytest

from llmdeploy.infra.evacuation import EvacuationRefused, refuse_other_changes
from llmdeploy.infra.runner.events import Op, Step

FILE = "aws:s3/bucketObjectv2:BucketObjectv2"
GROUP = "aws:autoscaling/group:Group"


def step(op: Op, kind: str, name: str = "x", *, component: bool = False) -> Step:
    return Step(op=op, type=kind, name=name, urn=f"urn:{name}", component=component)


def test_the_ways_of_requests() -> None:
    refuse_other_changes(
        "chat",
        [
            step("update", FILE),
            step("update", "aws:globalaccelerator/endpointGroup:EndpointGroup"),
            step("update", "gcp:compute/backendService:BackendService"),
            step("update", "llmdeploy:local:Gateway"),
            step("read", GROUP),
            step("same", GROUP),
            step("create", "llmdeploy:aws:Region", component=True),
        ],
    )


@pytest.mark.parametrize(
    "other",
    [
        step("update", GROUP, "fleet"),
        step("replace", FILE, "file"),
        step("create", FILE, "file"),
        step("delete", FILE, "file"),
    ],
    ids=lambda each: f"{each.op} {each.name}",
)
def test_anything_else(other: Step) -> None:
    with pytest.raises(EvacuationRefused) as refused:
        refuse_other_changes("chat", [step("update", FILE), other])
    assert refused.value.problem == (
        f"chat is not as its plan now is; this would also {other.op} {other.name}"
    )


def test_of_many_a_few_are_named() -> None:
    with pytest.raises(EvacuationRefused) as refused:
        refuse_other_changes("chat", [step("update", GROUP, f"g{index}") for index in range(9)])
    assert refused.value.problem.endswith("update g3, update g4 and 4 more")
