"""The review of one spec: plan it, plan it at the base, ask the clouds, preview, gather."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from llmdeploy.cli.opening import Deployment, open_source, ready_engine, runner_for
from llmdeploy.cli.render.looking import looking
from llmdeploy.cli.review.base import AtBase, at_base
from llmdeploy.cli.review.request import Request
from llmdeploy.infra.errors import Interrupted, StackMissing
from llmdeploy.infra.review.gather import Subject, gather
from llmdeploy.infra.review.model import Review
from llmdeploy.serving.errors import LlmdeployError, SpecErrors
from llmdeploy.serving.review.summary import PlanSummary, summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llmdeploy.infra.home import Home
    from llmdeploy.infra.preflight.finding import Finding
    from llmdeploy.infra.runner.result import RunResult
    from llmdeploy.serving.load import LoadedSpec
    from llmdeploy.serving.plan.model import Plan
    from llmdeploy.stacks.program import Settings

_DEPLOYED = "what is deployed"
_NOTHING = "nothing: no stack of that name is deployed"


@dataclass(frozen=True, slots=True)
class _Work:
    """One review under way.

    Args:
        plan: what the spec becomes; None where it is deleted.
    """

    request: Request
    spec: Path
    home: Home
    source: LoadedSpec
    plan: Plan | None
    base: AtBase

    @property
    def deployed_plan(self) -> Plan:
        """The plan whose stack is looked at."""
        plan = self.plan or self.base.plan
        assert plan is not None
        return plan

    @property
    def stack(self) -> str:
        return self.deployed_plan.stack_name

    @property
    def assumes_base(self) -> bool:
        """Whether the base's spec counts as deployed: in simulated clouds where it is not."""
        from llmdeploy.infra.simulate.session import PROJECT
        from llmdeploy.infra.state.backend import choose_backend
        from llmdeploy.infra.state.damage import state_file

        state = state_file(choose_backend(self.home, self.request.backend), PROJECT, self.stack)
        base = self.base.plan
        return (
            self.request.simulate
            and base is not None
            and base.stack_name == self.stack
            and base.regions[0].provider != "local"
            and self.deployed_plan.regions[0].provider != "local"
            and not (state is not None and state.exists())
        )


def review_one(request: Request, spec: Path, home: Home) -> Review:
    """The review; what is wrong with the spec or its stack is said in it.

    Raises:
        Interrupted: the user stopped it.
    """
    named = Review(str(spec), request.environment or "", spec.stem, "failed")
    try:
        work = _opened(request, spec, home)
        named = replace(named, stack=work.stack)
        with _deployment(work) as deployment:
            return _reviewed(work, deployment)
    except Interrupted:
        raise
    except SpecErrors as errors:
        return replace(named, kind="invalid", problems=errors.problems, exit_code=errors.exit_code)
    except LlmdeployError as error:
        return replace(named, error=error.problem, mend=error.mend, exit_code=error.exit_code)


def _opened(request: Request, spec: Path, home: Home) -> _Work:
    if spec.exists():
        source, plan = open_source(spec, request.environment, home, check=True, deploy=True)
        return _Work(request, spec, home, source, plan, at_base(request, spec, home))
    base = at_base(request, spec, home)
    if base.source is None:
        at = f", neither here nor at {request.base}" if request.base else ""
        raise LlmdeployError(base.note if base.known else f"there is no spec {spec}{at}", "check the path")
    return _Work(request, spec, home, base.source, None, base)


@contextmanager
def _deployment(work: _Work) -> Iterator[Deployment]:
    """The stack, with providers that serve while the block runs."""
    from llmdeploy.cli.clouds.simulation import chosen_simulation
    from llmdeploy.cli.review.assumed import assumed_deployed
    from llmdeploy.infra.state.backend import choose_backend

    engine, plan = ready_engine(work.home), work.deployed_plan
    if work.assumes_base:
        assert work.base.plan is not None
        with assumed_deployed(work.base.plan, plan, work.source, work.home, engine) as deployment:
            yield deployment
        return
    backend = choose_backend(work.home, work.request.backend)
    simulate = work.request.simulate and plan.regions[0].provider != "local"
    with ExitStack() as serving:
        simulation = chosen_simulation(work.home, plan, engine, backend, simulate)
        runner = runner_for(work.home, engine, backend, plan, simulation, serving.enter_context)
        yield Deployment(plan, work.source, work.home, runner, simulation)


def _reviewed(work: _Work, deployment: Deployment) -> Review:
    settings, findings = _asked(work, deployment)
    result = _previewed(work, deployment, settings)
    deployed = _deployed(result)
    subject = Subject(
        spec=str(work.spec),
        environment=work.request.environment or "",
        stack=work.stack,
        basis=_basis(work, result),
        there=work.assumes_base or _is_deployed(result),
        simulated=deployment.simulation is not None,
        before=_before(work, deployed),
        plan=work.plan,
        notes=tuple(_notes(work, deployed, result)),
    )
    review = gather(subject, result, findings)
    return _with_plan(work, deployment, settings, result, review)


def _asked(work: _Work, deployment: Deployment) -> tuple[Settings | None, Sequence[Finding]]:
    if work.plan is None or deployment.plan.regions[0].provider == "local":
        return None, ()
    from llmdeploy.cli.clouds.settings import asked_settings

    request = work.request
    settings, report = asked_settings(deployment, request.allow, refresh_images=request.refresh_images)
    if any(each.check == "credentials" for each in report.failed):
        # The engine would say the same less well.
        report.require()
    return settings, report.findings


def _previewed(work: _Work, deployment: Deployment, settings: Settings | None) -> RunResult | None:
    if work.plan is None:
        try:
            return deployment.runner.destroy(deployment.stack, preview_only=True)
        except StackMissing:
            return None
    with looking(f"looking at {deployment.stack}"):
        return deployment.runner.preview(
            deployment.stack,
            deployment.program(settings),
            # What was brought up a moment ago is as it was left.
            refresh=not work.assumes_base,
            keep_plan=work.request.keeps_plans,
        )


def _deployed(result: RunResult | None) -> PlanSummary | None:
    """What the stack says of itself; None before the first `up`, and of one by another version."""
    told = result.outputs_before.get("plan") if result is not None else None
    try:
        return PlanSummary.model_validate(told) if told else None
    except ValueError:
        return None


def _is_deployed(result: RunResult | None) -> bool:
    """Whether anything is there, also of an `up` that failed in part and so left no outputs."""
    if result is None:
        return False
    counts = result.counts
    return bool(result.outputs_before or counts.same + counts.update + counts.replace + counts.delete)


def _basis(work: _Work, result: RunResult | None) -> str:
    if work.assumes_base:
        return f"simulated clouds in which the spec of {work.request.base} was brought up first"
    return _DEPLOYED if _is_deployed(result) else _NOTHING


def _before(work: _Work, deployed: PlanSummary | None) -> PlanSummary | None:
    base = work.base.plan
    if base is not None and base.stack_name == work.stack:
        return summarise(base)
    return deployed


def _notes(work: _Work, deployed: PlanSummary | None, result: RunResult | None) -> Iterator[str]:
    base, name = work.base, work.request.base
    if base.note:
        yield base.note
    if base.plan is not None and base.plan.stack_name != work.stack:
        yield (
            f"The deployment was called {base.plan.stack_name} in {name}. That one stays up as it is, "
            f"until it is destroyed with the spec of {name}."
        )
    if work.plan is None and result is None:
        yield "Nothing of it is deployed, so there is nothing to remove."
    if base.plan is not None and deployed is not None and deployed.spec_digest != base.plan.spec_digest:
        yield (
            f"What is deployed is not what {name} says: it was made from another spec. Resources are "
            "counted from what is deployed, plans and prices are compared with the base."
        )
    if deployed is None and _is_deployed(result) and not work.assumes_base:
        yield (
            "What is deployed does not say what it serves: its last `up` failed in part, or was made by "
            "an earlier version of llmdeploy."
        )
    elif base.plan is not None and deployed is None and not work.assumes_base and work.plan is not None:
        yield f"Nothing is deployed, so all resources are new. Plans and prices are compared with {name}."


def _with_plan(
    work: _Work,
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
