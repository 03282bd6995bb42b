"""The way back to a former revision."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from llmdeploy.cli.clouds.settings import any_settings
from llmdeploy.cli.operations import confirm
from llmdeploy.cli.render.console import console
from llmdeploy.cli.rollouts import steer
from llmdeploy.cli.rollouts.run import Work, carry_out, carry_over
from llmdeploy.cli.rollouts.running import running
from llmdeploy.cli.rollouts.show import show_asked
from llmdeploy.infra.rollout.errors import RolloutRefused
from llmdeploy.serving.rollout.progress import Ended

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment
    from llmdeploy.cli.rollouts.intent import Intent
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.serving.rollout.progress import Progress, Revision
    from llmdeploy.serving.rollout.record import Record
    from llmdeploy.stacks.program import Settings


def go_back(
    deployment: Deployment,
    spec: str,
    number: int | None,
    allow: tuple[Any, ...],
    *,
    yes: bool,
    as_json: bool,
) -> int:
    """Take back a rollout that is under way; else bring a former revision. Returns the exit code.

    Raises:
        RolloutRefused: there is no such revision, or it is the present one.
    """
    intent = deployment.intent()
    if intent.record.rollout is not None:
        return _taken_back(deployment, intent, spec, number, allow, yes=yes, as_json=as_json)
    former = _former(deployment, intent.record, number)
    stable, target = intent.record.stable, former.plan.plan()
    assert stable is not None
    settings = _pinned(any_settings(deployment, allow), former)
    return _brought(deployment, intent, settings, stable, target, former, spec, yes=yes, as_json=as_json)


def _taken_back(
    deployment: Deployment,
    intent: Intent,
    spec: str,
    number: int | None,
    allow: tuple[Any, ...],
    *,
    yes: bool,
    as_json: bool,
) -> int:
    progress = intent.record.rollout
    assert progress is not None
    if number not in (None, intent.record.revision):
        raise RolloutRefused(
            f"a rollout is under way, from revision {intent.record.revision}",
            f"take it back first: `llmdeploy rollout {spec} --abort`",
        )
    if not yes:
        confirm(f"Take back the rollout to revision {progress.number}?")
    found = steer.asked(deployment, "abort")
    if found is not None:
        return show_asked(found, spec, as_json=as_json)
    work, progress = steer.standing_work(
        deployment, intent, any_settings(deployment, allow), spec, as_json=as_json
    )
    return steer.abort(work, progress)


def _former(deployment: Deployment, record: Record, number: int | None) -> Revision:
    known = ", ".join(str(each.number) for each in record.revisions[:-1])
    wanted = number if number is not None else max((each.number for each in record.revisions[:-1]), default=0)
    found = record.find(wanted)
    if found is None:
        what = f"there is no revision {wanted}" if number else "there is no former revision"
        raise RolloutRefused(
            f"{what} of {deployment.stack} to go back to",
            f"known are {known}" if known else "the stack remembers those of its next updates",
        )
    if found.number == record.revision:
        raise RolloutRefused(f"revision {wanted} is the present one", f"known are {known or 'no others'}")
    return found


def _brought(
    deployment: Deployment,
    intent: Intent,
    settings: Settings,
    stable: Plan,
    target: Plan,
    former: Revision,
    spec: str,
    *,
    yes: bool,
    as_json: bool,
) -> int:
    progress = way_back(intent, stable, target, running(deployment))
    if not as_json:
        what = f"{former.model}, {former.framework}, spec {former.short}"
        console().print(f"back to revision {former.number}: {what}", style="bold", soft_wrap=True)
    if not yes:
        confirm("Go ahead?")
    work = Work(
        replace(deployment, plan=target),
        settings,
        stable,
        target,
        intent.record,
        intent.standing,
        spec,
        as_json,
    )
    code = (
        carry_out(work, progress)
        if progress
        else carry_over(work, Ended(number=intent.record.revision + 1, outcome="done"))
    )
    if not as_json:
        console().print(f"{spec} still says another version: `llmdeploy up` would bring it again")
    return code


def way_back(intent: Intent, stable: Plan, target: Plan, running: Mapping[str, int]) -> Progress | None:
    """The moves to a former revision: at once in each region, and not judged. None: no replica changes."""
    from llmdeploy.serving.rollout.change import changed_regions
    from llmdeploy.serving.rollout.moves import begun
    from llmdeploy.serving.spec.rollout import Rollout

    changed = changed_regions(stable, target)
    asked = Rollout(strategy="blue-green")
    if not changed:
        return None
    made = begun(intent.record.revision + 1, stable, target, changed, asked, round(time.time()), running)
    return made.model_copy(update={"judged": False})


def _pinned(settings: Settings, former: Revision) -> Settings:
    """With the images that it ran, by digest."""
    images = {**settings.pins.images, **former.images}
    return replace(settings, pins=settings.pins.model_copy(update={"images": images}))
