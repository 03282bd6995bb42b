"""The preflight: every check of every region at once, and what they found."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import Final

from llmdeploy.infra.preflight.finding import CHECKS, Check, Finding
from llmdeploy.infra.preflight.plan_tasks import Preflight, Resolved, tasks_of
from llmdeploy.infra.preflight.report import Report
from llmdeploy.infra.preflight.task import run_tasks
from llmdeploy.serving.catalog.regions import CLOUDS
from llmdeploy.serving.plan.model import Plan

PATIENCE_S: Final = 120.0
"""Seconds after which the report is made of what has answered. A whole preflight of 50 regions takes less
than 30 s where nothing is throttled."""
Progress = Callable[[Finding, int, int], None]
"""Told each finding as it comes, with how many checks have ended, of how many."""


def run_preflight(
    preflight: Preflight,
    on_progress: Progress | None = None,
    allow: Collection[Check] = (),
    patience_s: float = PATIENCE_S,
) -> Report:
    """Ask the clouds all that the plan needs of them. Nothing is changed there.

    Args:
        allow: checks whose soft failures let `up` go on.
        patience_s: seconds for everything together.
    """
    resolved = Resolved()
    tasks = list(tasks_of(preflight, resolved))
    total, done = sum(task.size for task in tasks), 0
    allowed = frozenset(allow)
    findings = []
    for ended in run_tasks(tasks, patience_s):
        done += 1
        if ended.finding is None:
            continue
        finding = ended.finding.allowing(allowed)
        if finding.verdict == "failed" and not finding.soft:
            total -= ended.task.size - 1
        findings.append(finding)
        if on_progress is not None:
            on_progress(finding, done, total)
    return Report(
        tuple(sorted(_without_hub(findings, preflight.plan, resolved), key=_order(preflight.plan))),
        resolved.pins,
        preflight.clients.simulated,
    )


def _without_hub(findings: Iterable[Finding], plan: Plan, resolved: Resolved) -> Iterator[Finding]:
    """Where every region has the whole model, a hub that does not give it is worth a warning."""
    everywhere = resolved.mirrored >= {region.name for region in plan.regions}
    for finding in findings:
        of_model = finding.check == "weights" and finding.needs.startswith(plan.model.id)
        if everywhere and of_model and finding.verdict == "failed":
            yield replace(finding, verdict="warning", mend="the regions' buckets have all of it")
        else:
            yield finding


def _order(plan: Plan) -> Callable[[Finding], tuple[int, int, str]]:
    places = ["", *CLOUDS, *(each.name for each in plan.regions)]
    return lambda each: (places.index(each.where), CHECKS.index(each.check), each.needs)
