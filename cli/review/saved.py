"""Reviewed plans, saved by `preview` and held to by `up`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.infra.review.code_digest import code_digest
from llmdeploy.infra.review.plan_file import load, save
from llmdeploy.infra.review.reviewed_plan import ReviewedPlan, Situation, reviewed
from llmdeploy.infra.review.state_digest import state_digest
from llmdeploy.stacks.pins import Pins

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.infra.runner.result import RunResult
    from llmdeploy.stacks.program import Settings


def save_plan(deployment: Deployment, settings: Settings | None, result: RunResult, file: Path) -> None:
    """Save what was previewed. Raises PlanFileUnusable: the file cannot be written."""
    assert result.update_plan is not None
    pins = settings.pins if settings is not None else Pins()
    save(reviewed(situation(deployment), pins, result.update_plan), file)


def held_plan(deployment: Deployment, file: Path) -> ReviewedPlan:
    """The reviewed plan in a file.

    Raises:
        PlanFileUnusable: it is none.
        ReviewOutdated: it was reviewed for another spec, state or code.
    """
    plan = load(file)
    plan.require(situation(deployment), file)
    return plan


def situation(deployment: Deployment) -> Situation:
    """What a plan holds for."""
    return Situation(
        stack=deployment.stack,
        simulated=deployment.simulation is not None,
        plan=deployment.plan,
        code=code_digest(),
        state=state_digest(deployment.runner, deployment.stack),
    )
