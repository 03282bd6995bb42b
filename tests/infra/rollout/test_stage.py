"""What a stack tells those who ask a canary: where it is, whose certificate it has, how it is known."""

from __future__ import annotations

import pytest
from tests.infra.fleet.world import AWS
from tests.infra.rollout.clouds.sky import plan, region

from llmdeploy.infra.rollout.events import Gate
from llmdeploy.infra.rollout.stage import Site, StackStage
from llmdeploy.infra.rollout.target import CanaryTarget
from llmdeploy.serving.rollout.record import Record
from llmdeploy.serving.rollout.standing import Standing


class Asked:
    """A gate that keeps whom it was given."""

    def __init__(self) -> None:
        self.target: CanaryTarget | None = None

    def __call__(self, target: CanaryTarget) -> Gate:
        self.target = target
        return Gate("", 1, 1)


def stage(url: str, gate: Asked, **more: bool) -> StackStage:
    """With a canary in one region of AWS."""
    with_canary = plan().model_copy(update={"regions": (region(0),)})
    site = Site(
        runner=None,
        stack="chat",
        run_dir=None,
        settings=None,
        run=None,
        settle=None,
        outputs=lambda: {"entries": {AWS: url}, "api_key": "sk-1", "trusted": "PEM"},
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


def test_where_nobody_answers_nothing_is_warmed_up() -> None:
    assert stage("https://front", Asked(), answers=False).warm(AWS) is None
