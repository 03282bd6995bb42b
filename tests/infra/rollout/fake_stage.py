"""A stage without replicas: what each version does is told it, and every move is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from llmdeploy.infra.rollout.course import Rollout, run
from llmdeploy.infra.rollout.events import Event, Gate, Warm
from llmdeploy.infra.rollout.look import Look, ReplicaLook
from llmdeploy.infra.rollout.wish import Wish
from llmdeploy.infra.status.envoy_view import HostCounts
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.load import parse_spec
from llmdeploy.serving.machine import Machine
from llmdeploy.serving.metrics.cumulative import Cumulative
from llmdeploy.serving.plan.build import build_plan
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.change import changed_regions
from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.moves import begun
from llmdeploy.serving.rollout.progress import Ended, Progress
from llmdeploy.serving.spec.rollout import Rollout as Asked

MACHINE = Machine(cpus=8, memory_gib=32, gpus=0, vllm_python="", smollm2="cached")
SPEC = """\
name: chat
model: {{id: HuggingFaceTB/SmolLM2-135M-Instruct, context_length: {context}}}
framework: vllm
regions: [local/a, local/b]
"""
QUICK = Criteria(bake=5, max_bake=15, min_requests=20)
PER_LOOK = 30
"""Requests of each version between two looks."""


@dataclass
class Behaviour:
    """How a version does.

    Args:
        errors: of each look's requests, how many fail.
        seconds: to the first token.
        serving: whether the gateway sends to it.
        restarts: between two looks.
    """

    errors: int = 0
    seconds: float = 0.1
    serving: bool = True
    restarts: int = 0
    requests: int = PER_LOOK


@dataclass
class FakeStage:
    """Looks are a second apart, and take none."""

    canary: Behaviour = field(default_factory=Behaviour)
    stable: Behaviour = field(default_factory=Behaviour)
    gate: Gate | None = None
    cold: bool = False
    fails_at: str = ""
    """The description of a move whose update fails."""
    standby: tuple[str, ...] = ()
    declared: list[Progress] = field(default_factory=list)
    ended: Ended | None = None
    _looks: int = 0

    def declare(self, progress: Progress) -> None:
        if progress.describe() == self.fails_at:
            raise LlmdeployError("a-green-0 does not get ready", "see its log")
        self.declared.append(progress)

    def finish(self, ended: Ended) -> None:
        self.ended = ended

    def warm(self, region: str) -> Warm:
        if self.cold:
            raise LlmdeployError("a-green-0 does not answer", "see its log")
        return Warm(region, 1, 2, 0.1)

    def evaluate(self, region: str) -> Gate | None:
        return self.gate

    def require_others(self, progress: Progress) -> None:
        return

    def has_traffic(self, region: str) -> bool:
        return region not in self.standby

    def looks(self, region: str) -> Callable[[], Look]:
        start = self._looks

        def look() -> Look:
            self._looks += 1
            count = self._looks - start
            return Look(
                float(self._looks),
                {"a-0": _seen(self.stable, count)},
                {"a-green-0": _seen(self.canary, count)},
            )

        return look

    @property
    def moves(self) -> list[str]:
        return [progress.describe() for progress in self.declared]


def _seen(behaviour: Behaviour, looks: int) -> ReplicaLook:
    requests, failed = behaviour.requests * looks, behaviour.errors * looks
    bounds = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, float("inf"))
    good = requests - failed
    buckets = {bound: float(good if behaviour.seconds <= bound else 0) for bound in bounds}
    measured = Cumulative(buckets, good * behaviour.seconds)
    return ReplicaLook(
        counts=HostCounts(requests, good, failed, 0),
        ttft=measured,
        tpot=measured,
        waiting=0,
        serving=behaviour.serving,
        restarts=behaviour.restarts * looks,
    )


def plans() -> tuple[Plan, Plan]:
    stable, target = (
        build_plan(parse_spec(SPEC.format(context=context), "chat.yaml"), MACHINE) for context in (1024, 2048)
    )
    return stable, target


def first_move(**asked: object) -> Progress:
    stable, target = plans()
    wanted = Asked.model_validate({"steps": [50, 100], **asked})
    return begun(2, stable, target, changed_regions(stable, target), wanted)


def roll_out(
    stage: FakeStage,
    progress: Progress | None = None,
    criteria: Criteria = QUICK,
    wish: Callable[[], Wish | None] = lambda: None,
    events: list[Event] | None = None,
) -> Ended | Progress:
    stable, target = plans()
    told = events if events is not None else []
    return run(
        Rollout(stage, stable, target, criteria, told.append, wish, sleep=lambda seconds: None),
        progress or first_move(),
    )
