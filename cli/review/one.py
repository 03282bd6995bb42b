"""The review of one spec: plan it, plan it at the base, ask the clouds, preview, gather."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.cli.opening import Deployment
from llmdeploy.cli.render.looking import looking
from llmdeploy.cli.review.basis import basis, before, deployed_summary, is_deployed, notes
from llmdeploy.cli.review.request import Request
from llmdeploy.cli.review.work import Work, open_stack, open_work
from llmdeploy.infra.errors import Interrupted, StackMissing
from llmdeploy.infra.review.gather import Subject, gather
from llmdeploy.infra.review.model import Review
from llmdeploy.serving.errors import LlmdeployError, SpecErrors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmdeploy.cli.rollouts.intent import Intent
    from llmdeploy.infra.home import Home
    from llmdeploy.infra.preflight.finding import Finding
    from llmdeploy.infra.runner.result import RunResult
    from llmdeploy.stacks.program import Settings


def review_one(request: Request, spec: Path, home: Home) -> Review:
    """The review; what is wrong with the spec or its stack is said in it.

    Raises:
        Interrupted: the user stopped it.
    """
    named = Review(str(spec), request.environment or "", spec.stem, "failed")
    try:
        work = open_work(request, spec, home)
        named = replace(named, stack=work.stack)
        with open_stack(work) as deployment:
            return _reviewed(work, deployment)
    except Interrupted:
        raise
    except SpecErrors as errors:
        return replace(named, kind="invalid", problems=errors.problems, exit_code=errors.exit_code)
    except LlmdeployError as error:
        return replace(named, error=error.problem, mend=error.mend, exit_code=error.exit_code)


def _reviewed(work: Work, deployment: Deployment) -> Review:
    settings, findings = _asked(work, deployment)
    intent = deployment.intent()
    result = _previewed(work, deployment, settings, intent)
    deployed = deployed_summary(result)
    subject = Subject(
        spec=str(work.spec),
        environment=work.request.environment or "",
        stack=work.stack,
        basis=basis(work, result),
        there=work.assumes_base or is_deployed(result),
        simulated=deployment.simulation is not None,
        before=before(work, deployed),
        plan=work.plan,
        notes=(*(intent.told() if work.plan else ()), *notes(work, deployed, result)),
    )
    review = gather(subject, result, findings)
    return _with_plan(work, deployment, settings, result, review)


def _asked(work: Work, deployment: Deployment) -> tuple[Settings | None, Sequence[Finding]]:
    if work.plan is None or deployment.plan.regions[0].provider == "local":
        return None, ()
    from llmdeploy.cli.clouds.settings import asked_settings

    request = work.request
    settings, report = asked_settings(deployment, request.allow, refresh_images=request.refresh_images)
    report.require_credentials()
    return settings, report.findings


def _previewed(
    work: Work, deployment: Deployment, settings: Settings | None, intent: Intent
) -> RunResult | None:
    if work.plan is None:
        try:
            return deployment.runner.destroy(deployment.stack, preview_only=True)
        except StackMissing:
            return None
    with looking(f"looking at {deployment.stack}"):
        return deployment.runner.preview(
            deployment.stack,
            deployment.program(settings, intent),
            # What was brought up a moment ago is as it was left.
            refresh=not work.assumes_base,
            keep_plan=work.request.keeps_plans,
        )


def _with_plan(
    work: Work,
    deployment: Deployment,
    settings: Settings | None,
    result: RunResult | None,
    review: Review,
) -> Review:
    """The review, with the reviewed plan saved where that was asked for."""
    if not work.request.keeps_plans or work.plan is None or result is None:
        return review
    if work.assumes_base:
        note = "No plan is saved: what it would be held against was only assumed to be deployed."
        return replace(review, notes=(*review.notes, note))
    from llmdeploy.cli.review.saved import save_plan

    file = work.request.plan_of(work.stack)
    save_plan(deployment, settings, result, file)
    return replace(review, plan_file=str(file))
