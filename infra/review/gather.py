"""From what the engine, the clouds and two plans say to one review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.infra.review.gpus import gpu_rows
from llmdeploy.infra.review.headline import headline
from llmdeploy.infra.review.model import RegionReview, Review
from llmdeploy.infra.review.risks import Circumstances, risks_of
from llmdeploy.infra.review.steps import by_region, resource_change
from llmdeploy.infra.runner.events import Counts
from llmdeploy.infra.runner.result import RunResult
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.review.difference import differences
from llmdeploy.serving.review.summary import PlanSummary, summarise


@dataclass(frozen=True, slots=True)
class Subject:
    """What is reviewed, and against what.

    Args:
        basis: what the steps are counted from, in words.
        before: what is there now, or at the base; None: nothing.
        plan: what the spec makes; None: it is gone.
        there: whether anything is deployed.
    """

    spec: str
    environment: str
    stack: str
    basis: str
    simulated: bool
    before: PlanSummary | None
    plan: Plan | None
    there: bool = True
    notes: tuple[str, ...] = ()


def gather(subject: Subject, result: RunResult | None, findings: Sequence[Finding]) -> Review:
    """The review.

    Args:
        result: of the preview; None where there is nothing to preview: what is destroyed was never up.
        findings: the preflight's; empty on this machine.
    """
    before, plan = subject.before, subject.plan
    after = summarise(plan) if plan is not None else None
    regions = _regions(before, after, result)
    counts = _together(regions)
    tags_only = sum(resource.tags_only for region in regions for resource in region.resources)
    changed = differences(before, after)
    told = _worth_telling(findings)
    risks = risks_of(Circumstances(before, after, changed, regions, told))
    return Review(
        spec=subject.spec,
        environment=subject.environment,
        stack=subject.stack,
        kind="destroy" if plan is None else "change" if counts.changed or tags_only else "unchanged",
        headline=headline(
            before,
            after,
            changed,
            counts,
            tags_only,
            findings,
            risks,
            simulated=subject.simulated,
            there=subject.there,
        ),
        basis=subject.basis,
        simulated=subject.simulated,
        before=before,
        after=after,
        differences=changed,
        regions=regions,
        counts=counts,
        tags_only=tags_only,
        gpus=gpu_rows(before, after),
        quota=told,
        decisions=plan.decisions if plan is not None else (),
        risks=risks,
        drift=tuple(resource_change(step) for step in result.drift) if result is not None else (),
        notes=(*subject.notes, *(plan.warnings if plan is not None else ())),
    )


def _regions(
    before: PlanSummary | None, after: PlanSummary | None, result: RunResult | None
) -> tuple[RegionReview, ...]:
    if result is None:
        return ()
    plans = [plan for plan in (after, before) if plan is not None]
    names = list(dict.fromkeys(name for plan in plans for name in plan.regions))
    return by_region(result.steps, names, [plan.spec_digest for plan in plans])


def _together(regions: Sequence[RegionReview]) -> Counts:
    return Counts(**{op: sum(getattr(region.counts, op) for region in regions) for op in Counts.__slots__})


def _worth_telling(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Everything about quotas, and whatever is not fine."""
    return tuple(each for each in findings if each.check == "quota" or each.verdict != "ok")
