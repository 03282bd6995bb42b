"""Runs a rollout: from its first move, or from where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llmdeploy.cli import exit_codes
from llmdeploy.cli.render.console import console
from llmdeploy.cli.render.progress_json import print_line
from llmdeploy.cli.rollouts.figures import NOBODY_SERVES, anybody_serves, as_watched, require_figures
from llmdeploy.cli.rollouts.folder import alone, journal_of, wishes_of
from llmdeploy.cli.rollouts.site import site_of
from llmdeploy.infra.errors import Interrupted
from llmdeploy.infra.rollout.course import Rollout, run
from llmdeploy.infra.rollout.events import Event, Over, data
from llmdeploy.infra.rollout.stage import StackStage
from llmdeploy.infra.rollout.statistics import load_statistics
from llmdeploy.serving.rollout.criteria import Criteria
from llmdeploy.serving.rollout.progress import Ended, Progress
from llmdeploy.serving.rollout.switch import criteria_between

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.serving.rollout.record import Record
    from llmdeploy.serving.rollout.standing import Standing
    from llmdeploy.stacks.program import Settings


@dataclass(frozen=True, slots=True)
class Work:
    """A rollout that can be run.

    Args:
        stable: what is up, or was before it began.
        record: as the stack has it.
    """

    deployment: Deployment
    settings: Settings
    stable: Plan
    target: Plan
    record: Record
    standing: Standing
    spec: str
    as_json: bool

    @property
    def criteria(self) -> Criteria:
        """What the spec asks of a new version."""
        deployment = self.deployment
        by_minutes = deployment.simulation is None and deployment.plan.regions[0].provider != "local"
        return criteria_between(
            deployment.source.spec.rollout, self.stable, self.target, by_minutes=by_minutes
        )


def carry_over(work: Work, ended: Ended) -> int:
    """Bring the target where no replica changes, or the stack back to what it was: one update. Returns the
    exit code.
    """
    deployment = work.deployment
    with alone(deployment.home, deployment.stack):
        _stage(work).finish(ended)
    return _concluded(work, ended)


def carry_out(work: Work, progress: Progress) -> int:
    """Run it to its end, or to where it is paused; what happened is shown. Returns the exit code.

    Raises:
        RolloutRefused: the clouds do not tell what the verdicts would need.
        StackLocked: another command works on a rollout of the stack.
        Interrupted: Ctrl-C; it stands where it was.
        LlmdeployError: an update of the stack failed; it stands where it was.
    """
    deployment = work.deployment
    home, stack = deployment.home, deployment.stack
    progress = as_watched(deployment, progress)
    require_figures(deployment, progress, work.criteria)
    if progress.judged:
        load_statistics()
    with alone(home, stack):
        wishes = wishes_of(home, stack)
        wishes.clear()
        journal = journal_of(home, stack, progress)
        with _shown(work.as_json) as show:
            tell = journal.beside(show)
            if not anybody_serves(deployment):
                tell(NOBODY_SERVES)
            rollout = Rollout(_stage(work), work.stable, work.target, work.criteria, tell, wishes.heard)
            try:
                ended = run(rollout, progress)
            except KeyboardInterrupt:
                raise _interrupted(work) from None
            journal.write(Over("paused" if isinstance(ended, Progress) else ended.outcome))
    return _concluded(work, ended)


def _stage(work: Work) -> StackStage:
    site = site_of(work.deployment, work.settings, as_json=work.as_json)
    return StackStage(site, work.stable, work.target, work.record, work.standing)


def _shown(as_json: bool) -> Any:
    from contextlib import nullcontext

    if as_json:
        return nullcontext(_json_line)
    from llmdeploy.cli.render.rollout import RolloutView

    return RolloutView(console()).shown()


def _json_line(event: Event) -> None:
    told = data(event)
    print_line(told.pop("event"), told)


def _concluded(work: Work, ended: Ended | Progress) -> int:
    code = exit_codes.OK
    if isinstance(ended, Ended) and ended.outcome == "went back":
        code = exit_codes.WENT_BACK
    if work.as_json:
        told = (
            ended.model_dump(mode="json", exclude={"target"})
            if isinstance(ended, Progress)
            else ended.model_dump(mode="json")
        )
        print_line("result", {"ok": code == exit_codes.OK, "stack": work.deployment.stack, **told})
        return code
    from llmdeploy.cli.render.rollout import show_ended, show_waiting

    if isinstance(ended, Ended):
        show_ended(ended, console())
    else:
        show_waiting(ended, work.spec, console())
    return code


def _interrupted(work: Work) -> Interrupted:
    return Interrupted(
        f"the rollout of {work.deployment.stack} was interrupted; its traffic stays as it is",
        f"`llmdeploy rollout {work.spec} --resume` goes on, --abort goes back",
    )
