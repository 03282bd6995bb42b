"""What a stack tells those who ask a canary: where it is, whose certificate it has, how it is known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.infra.fleet.world import AWS
from tests.infra.rollout.clouds.sky import plan, region
from tests.stacks.moving import Moving

from llmdeploy.infra.rollout.events import Gate
from llmdeploy.infra.rollout.stage import Site, StackStage
from llmdeploy.infra.rollout.target import CanaryTarget
from llmdeploy.infra.runner.events import Step, StepDone, ignore
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.record import Record
from llmdeploy.serving.rollout.standing import Standing
from llmdeploy.stacks.program import Settings


class Asked:
    """A gate that keeps whom it was given."""

    def __init__(self) -> None:
        self.target: CanaryTarget | None = None

    def __call__(self, target: CanaryTarget) -> Gate:
        self.target = target
        return Gate("", 1, 1)


def stage(url: str, gate: Asked, **more: bool) -> StackStage:
    """With a canary in one region of AWS."""
    return stage_of(plan().model_copy(update={"regions": (region(0),)}), AWS, url, gate, **more)


def stage_of(with_canary: Plan, entry: str, url: str, gate: Asked, **more: bool) -> StackStage:
    """At a plan with a canary. `entry`: the region that clients enter by."""
    site = Site(
        runner=None,
        stack="chat",
        run_dir=None,
        settings=None,
        run=None,
        settle=None,
        outputs=lambda: {"entries": {entry: url}, "api_key": "sk-1", "trusted": "PEM"},
        looks=None,
        gate=gate,
        **more,
    )
    made = StackStage(site, with_canary, with_canary, Record(), Standing())
    made.plan = with_canary
    return made


@pytest.mark.parametrize(
    ("url", "named", "replicas", "server_name"),
    [
        ("https://front-1.elb.amazonaws.com", False, 1, "front.chat.llmdeploy.internal"),
        ("http://127.0.0.1:9000", True, ("us-east-1-green-0",), None),
    ],
    ids=["in a cloud", "on this machine"],
)
def test_how_a_canary_is_known(url, named, replicas, server_name) -> None:
    gate = Asked()
    assert stage(url, gate, named=named).evaluate(AWS) == Gate(AWS, 1, 1)
    assert gate.target == CanaryTarget(
        url, "meta-llama/Llama-3.1-8B-Instruct", "6f6073b", replicas, "sk-1", "PEM", server_name
    )


def test_a_canary_without_a_gateway_of_its_own_is_asked_by_another(tmp_path: Path) -> None:
    moving, gate = Moving(tmp_path, "azure/eastus2", "routing: {policy: weighted}"), Asked()
    shifted = moving.plan("shift", 50)
    stage = stage_of(shifted, "aws/us-west-2", "https://front", gate, named=False)
    stage.evaluate("azure/eastus2")
    assert gate.target is not None
    revision = shifted.region("azure/eastus2").beside.revision
    assert (gate.target.url, gate.target.revision) == ("https://front", f"{revision}@azure/eastus2")


@pytest.mark.parametrize(("routing", "traffic"), [("weighted", True), ("failover", True), ("nearest", False)])
def test_nobody_is_near_a_region_without_a_gateway(tmp_path: Path, routing: str, traffic: bool) -> None:
    moving = Moving(tmp_path, "azure/eastus2", f"routing: {{policy: {routing}}}")
    stage = stage_of(moving.plan("shift", 50), "aws/us-west-2", "https://front", Asked())
    assert stage.has_traffic("azure/eastus2") is traffic
    assert stage.has_traffic("aws/us-west-2") is (routing != "failover")


def test_where_nobody_answers_nothing_is_warmed_up() -> None:
    assert stage("https://front", Asked(), answers=False).warm(AWS) is None


def test_gateways_take_up_their_files_before_the_engine_has_ended(tmp_path: Path) -> None:
    stack, order = Moving(tmp_path, "aws/us-east-1", ""), []

    class Engine:
        def outputs(self, name: str, *, show_secrets: bool) -> dict[str, Any]:
            return stack.outputs(stack.plan("shift", 25))

        def up(self, name, program, sink, *, message, targets) -> None:
            for file in ("gateway-routes.aws-us-east-1.yaml", "gateway-files"):
                order.append(file)
                sink(StepDone(Step("update", "aws:s3/bucketObjectv2", f"aws-us-east-1-{file}", "urn"), 0.1))
            order.append("the engine ended")

    site = Site(
        runner=Engine(),
        stack="chat",
        run_dir=tmp_path,
        settings=Settings("chat"),
        run=lambda title, update: update(ignore),
        settle=lambda plan, changed: order.append(changed),
        outputs=dict,
        looks=None,
    )
    stage = StackStage(site, stack.stable, stack.target, Record(), Standing())
    stage.declare(stack.move("shift", 50))
    routes = "gateway-routes.aws-us-east-1.yaml"
    assert order == [routes, "gateway-files", "traffic", "the engine ended", "traffic"]
