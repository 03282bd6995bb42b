"""An evacuation, and the way back from it, touch the ways of requests and nothing else."""

from __future__ import annotations

import pytest
from tests.contract.steps import exact
from tests.contract.world import World

from llmdeploy.infra.evacuation import refuse_other_changes
from llmdeploy.infra.runner.events import Step
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.standing import Standing

pytestmark = [pytest.mark.engine, pytest.mark.slow]

CLOUD = """\
name: chat
model: Qwen/Qwen2.5-7B-Instruct
framework: vllm
quantization: fp8
hardware: {{gpu: l4, count: 1}}
scaling: {{min: 1, max: 2}}
regions: [{regions}]
routing: {{policy: {policy}{more}}}
"""
EAST, WEST, GERMANY, IOWA = "aws/us-east-1", "aws/us-west-2", "gcp/europe-west4", "gcp/us-central1"
DIAL = "EndpointGroup aws-global-us-east-1: trafficDialPercentage"
CAPACITY = "BackendService gcp-front-backend: backends[{}].capacityScaler"


def evacuated(plan: Plan, *regions: str) -> Plan:
    return Standing(evacuated=regions).applied(plan)


def lines(steps: tuple[Step, ...]) -> list[str]:
    """The changes apart from the gateways' own files."""
    found = []
    for step in steps:
        if step.component or step.op in ("same", "read"):
            continue
        assert step.op == "update", step
        if "BucketObject" not in step.type:
            paths = ", ".join(change.path for change in step.changes)
            found.append(f"{step.type.rpartition(':')[2]} {step.name}: {paths}")
    return sorted(found)


CASES = {
    "two regions of AWS": ((EAST, WEST), "nearest", "", (EAST,), [DIAL]),
    "by weight": ((EAST, WEST), "weighted", "", (EAST,), [DIAL]),
    "two regions of Google Cloud": ((IOWA, GERMANY), "nearest", "", (GERMANY,), [CAPACITY.format(1)]),
    "one in each cloud, behind a name": (
        (EAST, GERMANY),
        "nearest",
        ", domain: chat.example.com",
        (EAST,),
        [],
    ),
    "a whole cloud of two": (
        (EAST, WEST, GERMANY),
        "nearest",
        ", domain: chat.example.com",
        (EAST, WEST),
        [],
    ),
}
"""What is evacuated → what of the fronts changes; where a front has no other region, its gateways alone send
requests on."""


@pytest.mark.parametrize("case", CASES)
def test_what_an_evacuation_touches(case: str, world: World) -> None:
    regions, policy, more, gone, fronts = CASES[case]
    plan = world.plan(CLOUD.format(regions=", ".join(regions), policy=policy, more=more))
    world.up(plan)
    away = evacuated(plan, *gone)
    previewed = world.preview(away)
    assert lines(previewed.steps) == fronts
    refuse_other_changes("chat", previewed.steps)
    done = world.up(away)
    assert exact(done.steps) == exact(previewed.steps) != []
    assert done.outputs["evacuated"] == list(gone)
    assert world.up(away).counts.changed == 0

    back = world.up(plan)
    assert lines(back.steps) == fronts
    assert back.outputs["evacuated"] == []
