"""What a reviewer should think about, each rule by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.infra.review.model import RegionReview, Risk
from llmdeploy.serving.review.difference import Difference
from llmdeploy.serving.review.summary import PlanSummary
from llmdeploy.serving.spec.model import source_kind

FLEETS: Final = frozenset(
    {
        "aws:autoscaling/group:Group",
        "gcp:compute/regionInstanceGroupManager:RegionInstanceGroupManager",
        "gcp:compute/instanceGroupManager:InstanceGroupManager",
        "llmdeploy:local:Replica",
    }
)
"""Types of what serves: while one is replaced or deleted, its replicas are gone."""
_LEVELS: Final = ("high", "medium", "low")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the rules look at."""

    before: PlanSummary | None
    after: PlanSummary | None
    differences: Sequence[Difference]
    regions: Sequence[RegionReview]
    findings: Sequence[Finding]


def risks_of(circumstances: Circumstances) -> tuple[Risk, ...]:
    """Every risk, the gravest first."""
    found = [risk for rule in RULES for risk in rule(circumstances)]
    return tuple(sorted(found, key=lambda risk: _LEVELS.index(risk.level)))


def fleet_is_replaced(given: Circumstances) -> Iterator[Risk]:
    """A fleet that is made anew does not serve meanwhile."""
    for region in given.regions:
        for fleet in region.resources:
            if fleet.op == "replace" and fleet.type in FLEETS:
                why = f" ({', '.join(fleet.forced_by)})" if fleet.forced_by else ""
                yield Risk(
                    "high",
                    "fleet-replaced",
                    f"{region.name or 'shared'}: the serving fleet {fleet.name} is replaced{why}",
                    "the region serves nothing until the new replicas are ready; the others take its traffic",
                )


def serving_ends(given: Circumstances) -> Iterator[Risk]:
    """A stack that is destroyed answers nobody."""
    if given.after is None and given.before is not None:
        yield Risk("high", "destroy", "the whole deployment is removed", "clients get no answer any more")


def redundancy_is_lost(given: Circumstances) -> Iterator[Risk]:
    """One region or one replica left, where there were more."""
    before, after = given.before, given.after
    if after is None:
        return
    if len(after.regions) == 1:
        lost = before is not None and len(before.regions) > 1
        yield Risk(
            "high" if lost else "medium",
            "redundancy",
            "one region is left: nothing takes over when it is lost"
            if lost
            else "there is one region: nothing takes over when it is lost",
            "keep a second region",
        )
    for name, region in after.regions.items():
        was = before.regions.get(name) if before is not None else None
        if was is not None and was.least > 1 and region.least == 1:
            yield Risk(
                "medium",
                "redundancy",
                f"{name}: one replica is left of at least {was.least}",
                "while it restarts, the region serves nothing; keep scaling.min at 2",
            )


def region_is_removed(given: Circumstances) -> Iterator[Risk]:
    """What was served there goes elsewhere, farther away."""
    if given.after is None:
        return
    for each in given.differences:
        if each.what == "region" and not each.after:
            yield Risk(
                "medium", "region-removed", f"{each.where} is removed: its clients go to other regions"
            )


def revision_is_not_pinned(given: Circumstances) -> Iterator[Risk]:
    """A restarted replica may load other weights than its neighbours."""
    after = given.after
    if after is not None and after.revision is None and source_kind(after.model) == "hub":
        yield Risk(
            "medium",
            "unpinned",
            f"{after.model} has no revision: a restart may load other weights",
            "pin model.revision",
        )


def endpoint_is_open(given: Circumstances) -> Iterator[Risk]:
    """Everybody who reaches the endpoint can use it."""
    if given.after is not None and given.after.auth == "none":
        yield Risk(
            "high",
            "public",
            "no key is asked for: everybody who reaches the endpoint can use it",
            "use auth: api-key",
        )


def clients_must_change(given: Circumstances) -> Iterator[Risk]:
    """What clients say or where they go is another: those that are not changed get errors."""
    for each in given.differences:
        was, now = each.before, each.after or "none"
        if each.what == "served as":
            what = f"clients that ask for the model {was} get errors: it is called {now} now"
            yield Risk("high", "clients", what, f"set model.served_name: {was}, which keeps the name")
        elif each.what == "domain" and was:
            what = f"clients that go to {was} find nothing there: the domain is {now} now"
            yield Risk("high", "clients", what, "tell them before")
        elif each.what == "keys" and was == "none":
            yield Risk("high", "clients", "clients that send no key get errors", "give them the key before")


def budget_is_exceeded(given: Circumstances) -> Iterator[Risk]:
    """`up` refuses it."""
    cost = given.after.cost if given.after is not None else None
    if cost is not None and cost.limit_usd is not None and cost.most_usd > cost.limit_usd:
        yield Risk(
            "high",
            "over-budget",
            f"{cost.most_usd:,.2f} USD an hour at most, over the budget of {cost.limit_usd:,.2f}",
            "`up` refuses it: raise budget.hourly_usd, or lower scaling.max",
        )


def clouds_say_no(given: Circumstances) -> Iterator[Risk]:
    """A failed preflight keeps `up` from going on."""
    for finding in given.findings:
        if finding.verdict == "failed" and finding.check != "budget":
            where = f"{finding.where}: " if finding.where else ""
            yield Risk(
                "medium" if finding.soft else "high",
                finding.check,
                f"{where}{finding.check}: needs {finding.needs}, has {finding.has}",
                finding.mend,
            )


def replicas_start_anew(given: Circumstances) -> Iterator[Risk]:
    """What serves changes, so every replica is started again."""
    changed = dict.fromkeys(each.what for each in given.differences if each.rollout)
    if changed and given.after is not None:
        yield Risk(
            "low",
            "rollout",
            f"every replica is started anew, some at a time ({', '.join(changed)})",
            "merge when traffic is low, or region by region",
        )


RULES: Final[tuple[Callable[[Circumstances], Iterator[Risk]], ...]] = (
    serving_ends,
    fleet_is_replaced,
    endpoint_is_open,
    clients_must_change,
    budget_is_exceeded,
    clouds_say_no,
    redundancy_is_lost,
    region_is_removed,
    revision_is_not_pinned,
    replicas_start_anew,
)
