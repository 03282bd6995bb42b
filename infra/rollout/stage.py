"""The deployment that a rollout works on: its moves as updates of the stack, its new replicas as a client
sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from llmdeploy.infra.rollout.bake import Looks
from llmdeploy.infra.rollout.events import Gate, Warm
from llmdeploy.infra.rollout.look import Arms
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rollout.capacity import emptied
from llmdeploy.serving.rollout.compose import composed, flipped
from llmdeploy.serving.rollout.progress import Ended, Progress
from llmdeploy.serving.rollout.record import Record
from llmdeploy.serving.rollout.standing import Standing

if TYPE_CHECKING:
    from llmdeploy.infra.rollout.target import CanaryTarget
    from llmdeploy.infra.runner.runner import Runner
    from llmdeploy.stacks.program import Settings

TRAFFIC = frozenset({"shift", "withdraw"})
"""Moves that change routes alone."""
AFRESH = frozenset({"drain", "prepare", "grow"})
"""Moves that change fleets: the providers are asked first what is really there, and new instances are waited
for. The others move traffic, and must not wait.
"""


Changed = Literal["fleets", "traffic", "both"]
"""What an update was about."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the stack is, and what is done around each of its updates.

    Args:
        settings: what the program is made from, but the record.
        run: runs one update: gets the title, and what does it.
        settle: brings along what follows an update, as a live simulation does: `fleets` were changed, whose
            new instances are waited for; `traffic` alone; or something of `both`, with nothing to wait for.
        outputs: of the stack, with its secrets.
        looks: how the replicas of a region are looked at, with the present plan.
        gate: asks the quality gate's prompts; None: there is none.
        answers: whether anybody can be asked: in simulated clouds that do not run nobody serves.
        named: whether an answer tells which replica gave it. Behind a cloud's load balancer none does.
    """

    runner: Runner
    stack: str
    run_dir: Path
    settings: Settings
    run: Callable[[str, Callable[[Any], object]], None]
    settle: Callable[[Plan, Changed], None]
    outputs: Callable[[], Mapping[str, Any]]
    looks: Callable[[Plan, Arms], Looks]
    gate: Callable[[CanaryTarget], Gate] | None = None
    patience_s: float = 600.0
    answers: bool = True
    named: bool = True


@dataclass(slots=True)
class StackStage:
    """A stack, brought from one move to the next.

    Args:
        record: as the stack has it now.
        standing: as it was before the rollout.
    """

    site: Site
    stable: Plan
    target: Plan
    record: Record
    standing: Standing
    plan: Plan = field(init=False)
    _known: Mapping[str, Any] | None = field(init=False, default=None, repr=False)
    """The stack's outputs since its last whole update."""

    def __post_init__(self) -> None:
        self.plan = self.standing.applied(self.stable)

    def declare(self, progress: Progress) -> None:
        """See `course.Stage`."""
        plan = composed(self.stable, self.target, progress, self.standing)
        message = f"rollout to revision {progress.number}: {progress.describe()}"
        record = self.record.rolling(progress)
        apart = progress.phase in TRAFFIC and plan.regions[0].provider != "local"
        if apart and self._steer(plan, record, message, progress.regions):
            return
        self._update(plan, record, message, afresh=progress.phase in AFRESH)

    def finish(self, ended: Ended) -> None:
        """See `course.Stage`."""
        done = ended.outcome == "done"
        standing = flipped(self.standing, self.stable, self.target) if done else self.standing
        plan = standing.applied(self.target if done else self.stable)
        images = self.site.settings.pins.images
        record = self.record.finished(self.target, images, standing, ended)
        told = f": {ended.reason}" if ended.reason else ""
        self._update(plan, record, f"rollout to revision {ended.number} {ended.outcome}{told}", afresh=False)

    def warm(self, region: str) -> Warm | None:
        """See `course.Stage`."""
        if not self.site.answers:
            return None
        import asyncio

        from llmdeploy.infra.rollout.warm import WarmLimits, warm

        target, limits = self._target(region), WarmLimits(timeout_s=self.site.patience_s)
        found = asyncio.run(warm(target, limits=limits))
        return Warm(region, target.count, sum(found.answers.values()), found.seconds)

    def evaluate(self, region: str) -> Gate | None:
        """See `course.Stage`."""
        if self.site.gate is None:
            return None
        return replace(self.site.gate(self._target(region)), region=region)

    def looks(self, region: str) -> Looks:
        """See `course.Stage`."""
        found = self.plan.region(region)
        beside = found.beside.region.replica_names if found.beside is not None else ()
        return self.site.looks(self.plan, Arms(region, found.replica_names, beside))

    def require_others(self, progress: Progress) -> None:
        """See `course.Stage`."""
        gone = emptied(self.plan, composed(self.stable, self.target, progress, self.standing))
        others = [region.name for region in self.plan.regions if region.name not in gone]
        if gone and not any(self._serves(region) for region in others):
            raise LlmdeployError(
                f"{', '.join(gone)} would lose its last replica, and no other region serves now",
                "mend the others first (`llmdeploy status`), then `llmdeploy rollout SPEC --resume`",
            )

    def _serves(self, region: str) -> bool:
        return any(replica.serving for replica in self.looks(region)().stable.values())

    def has_traffic(self, region: str) -> bool:
        """See `course.Stage`."""
        policy, found = self.plan.gateway.policy, self.plan.region(region)
        if found.evacuated:
            return False
        if policy == "failover":
            return self.plan.regions[0].name == region
        if policy == "weighted":
            return found.weight > 0
        # No client is near a region that none can enter by.
        return found.has_gateway

    def _update(self, plan: Plan, record: Record, message: str, *, afresh: bool) -> None:
        from llmdeploy.stacks.program import deploy

        site = self.site
        program = partial(deploy, plan, replace(site.settings, record=record))
        # In clouds the regions are independent: one that fails must not keep back the others.
        apart = plan.regions[0].provider != "local"
        site.run(
            message,
            lambda sink: site.runner.up(
                site.stack, program, sink, refresh=afresh, message=message, keep_going=apart
            ),
        )
        self._known = None
        self._settled(plan, record, "fleets" if afresh else "both")

    def _steer(self, plan: Plan, record: Record, message: str, regions: Sequence[str]) -> bool:
        """Change the routes of some regions and nothing else: in clouds a whole update takes too long.

        Returns:
            Whether that could be done.
        """
        from llmdeploy.stacks.steering import steer_clouds, steered, told

        site = self.site
        known = self._known or site.runner.outputs(site.stack, show_secrets=True)
        changes = steered(plan, regions, known)
        if changes is None:
            return False
        program = partial(steer_clouds, changes, plan, replace(site.settings, record=record), known)
        targets = [target for change in changes for target in change.targets]
        written = partial(site.settle, plan, "traffic")
        site.run(
            message,
            lambda sink: site.runner.up(
                site.stack, program, _beside(sink, written), message=message, targets=targets
            ),
        )
        self._known = told(changes, known)
        self._settled(plan, record, "traffic")
        return True

    def _settled(self, plan: Plan, record: Record, changed: Changed) -> None:
        self.plan, self.record = plan, record
        self.site.settle(plan, changed)

    def _target(self, region: str) -> CanaryTarget:
        """The new version of a region, as a client reaches it."""
        from llmdeploy.infra.rollout.target import CanaryTarget
        from llmdeploy.serving.gateway.cloud import front_name
        from llmdeploy.serving.gateway.versions import pin

        outputs, found = self.site.outputs(), self.plan.region(region)
        assert found.beside is not None
        names = found.beside.region.replica_names
        entries = outputs["entries"]
        # The gateway of any region asks those that have none.
        url = entries[region] if found.has_gateway else next(iter(entries.values()))
        return CanaryTarget(
            url=url,
            key=outputs.get("api_key"),
            model=self.plan.model.served_name,
            revision=pin(found.beside.revision, region, direct=not found.has_gateway),
            replicas=names if self.site.named else len(names),
            trusted=outputs.get("trusted"),
            # The fronts of all regions show one certificate, which is for none of their own hosts.
            server_name=front_name(self.plan.name, self.plan.domain) if url.startswith("https:") else None,
        )


def _beside(sink: Callable[[Any], object], written: Callable[[], None]) -> Callable[[Any], None]:
    """The sink, and what follows as soon as a gateway's files are all written: gateways take them up while
    the engine still saves its state.
    """
    from llmdeploy.infra.runner.events import StepDone
    from llmdeploy.stacks.steering import lists_files

    def seen(event: Any) -> None:
        sink(event)
        if isinstance(event, StepDone) and lists_files(event.step.name):
            written()

    return seen
