"""Begins a rollout: shows what it will do, asks, and runs it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from llmdeploy.cli.operations import confirm, make_ready
from llmdeploy.cli.render.console import console
from llmdeploy.cli.rollouts.running import running
from llmdeploy.infra.rollout.errors import RolloutRefused

if TYPE_CHECKING:
    from rich.console import Console

    from llmdeploy.cli.opening import Deployment
    from llmdeploy.cli.rollouts.intent import Intent
    from llmdeploy.serving.rollout.progress import Progress
    from llmdeploy.serving.spec.rollout import Rollout
    from llmdeploy.stacks.program import Settings


def begin(
    deployment: Deployment,
    intent: Intent,
    settings: Settings,
    spec: str,
    *,
    asked: Rollout | None = None,
    yes: bool,
    as_json: bool,
) -> int:
    """Roll the spec's version out. Returns the exit code.

    Args:
        asked: how; None: as the intent says.

    Raises:
        RolloutRefused: there is nothing to roll out, or it cannot be.
    """
    from llmdeploy.cli.rollouts.figures import as_watched, require_figures
    from llmdeploy.cli.rollouts.run import Work, carry_out
    from llmdeploy.serving.rollout.moves import begun

    stable = intent.record.stable
    assert stable is not None
    asked = asked or intent.asked
    progress = begun(
        intent.record.revision + 1,
        stable,
        intent.spec_plan,
        intent.rolled,
        asked,
        round(time.time()),
        running(deployment),
    )
    _require_somebody(progress, intent)
    work = Work(deployment, settings, stable, intent.spec_plan, intent.record, intent.standing, spec, as_json)
    progress = as_watched(deployment, progress)
    require_figures(deployment, progress, work.criteria)
    if not as_json:
        from llmdeploy.cli.render.plan import show_warnings, substitutions
        from llmdeploy.cli.render.rollout import show_plan

        out = console()
        for line in substitutions(deployment.plan):
            out.print(line, style="yellow")
        show_warnings(deployment.plan, out)
        show_changes(intent, out)
        show_plan(progress, work.criteria.bake, out)
    if not yes:
        confirm("Go ahead?")
    make_ready(deployment)
    return carry_out(work, progress)


def require_change(deployment: Deployment, intent: Intent) -> None:
    """Raise RolloutRefused unless there is something to roll out."""
    from llmdeploy.serving.rollout.change import obstacles

    stable = intent.record.stable
    if stable is None:
        raise RolloutRefused(
            f"{deployment.stack} was not brought up, or not by this version of llmdeploy",
            "run `llmdeploy up` first: the next change can be rolled out",
        )
    for problem, mend in obstacles(stable, intent.spec_plan):
        raise RolloutRefused(problem, mend)
    if not intent.rolled:
        raise RolloutRefused(
            "nothing changes that replicas serve with: no model, version, flag or GPU",
            "`llmdeploy up` brings all else up to date",
        )


def _require_somebody(progress: Progress, intent: Intent) -> None:
    """Raise RolloutRefused where nobody would be left to answer."""
    from llmdeploy.serving.rollout.capacity import standstill

    stable = intent.record.stable
    assert stable is not None
    found = standstill(progress, stable, intent.spec_plan, intent.standing)
    if found is not None:
        raise RolloutRefused(
            f"nothing would answer any more at {found.describe()}",
            "allow a replica more for the time of the rollout (rollout.surge: 1), or add a region",
        )


def show_changes(intent: Intent, out: Console) -> None:
    """What is another in the new version."""
    from llmdeploy.serving.review.difference import differences
    from llmdeploy.serving.review.summary import summarise

    stable = intent.record.stable
    assert stable is not None
    for each in differences(summarise(stable), summarise(intent.spec_plan)):
        where = f" in {each.where}" if each.where else ""
        out.print(f"{each.what}{where}: {each.before or 'none'} → {each.after or 'none'}", soft_wrap=True)
