"""A change in one paragraph of plain words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.infra.review.model import Risk
from llmdeploy.infra.runner.events import Counts
from llmdeploy.serving.review.difference import Difference
from llmdeploy.serving.review.summary import CostSummary, PlanSummary

_MOST_NAMED: Final = 4
_MANY_TIMES: Final = 10
_VERBS: Final = (("create", "created"), ("update", "updated"), ("replace", "replaced"), ("delete", "deleted"))


def headline(
    before: PlanSummary | None,
    after: PlanSummary | None,
    differences: Sequence[Difference],
    counts: Counts,
    tags_only: int,
    findings: Sequence[Finding],
    risks: Sequence[Risk],
    *,
    simulated: bool,
    there: bool,
) -> str:
    """The paragraph.

    Args:
        counts: of resources, without those of which only the tags change.
        tags_only: how many those are.
        there: whether anything is deployed, also where nobody knows what.
    """
    sentences = [
        _what(before, after, differences, counts, there=there),
        *_resources(counts, tags_only),
        *_money(before, after),
        *_granted(after, findings, "simulated clouds" if simulated else "clouds"),
        *_grave(risks),
    ]
    return " ".join(f"{sentence[:1].upper()}{sentence[1:]}" for sentence in sentences)


def _what(
    before: PlanSummary | None,
    after: PlanSummary | None,
    differences: Sequence[Difference],
    counts: Counts,
    *,
    there: bool,
) -> str:
    if after is None:
        return "The whole deployment is removed."
    if before is None:
        what = "What is deployed becomes" if there else "A new deployment"
        return f"{what}: {after.model} with {after.framework}, in {_regions(after)}."
    if not differences:
        return "Nothing of what is served changes." if counts.changed else "Nothing changes."
    named = [_difference(each) for each in differences[:_MOST_NAMED]]
    further = len(differences) - len(named)
    more = f", and {further} more" if further else ""
    return f"{'; '.join(named)}{more}."


def _difference(each: Difference) -> str:
    where = f" in {each.where}" if each.where else ""
    if each.what == "region":
        return f"region {each.where} is {'added' if each.after else 'removed'} ({each.after or each.before})"
    return f"{each.what}{where}: {each.before or 'none'} → {each.after or 'none'}"


def _regions(plan: PlanSummary) -> str:
    names = list(plan.regions)
    shown = ", ".join(names[:_MOST_NAMED])
    return f"{shown} and {len(names) - _MOST_NAMED} more regions" if len(names) > _MOST_NAMED else shown


def _resources(counts: Counts, tags_only: int) -> Iterator[str]:
    parts = [f"{getattr(counts, op)} {verb}" for op, verb in _VERBS if getattr(counts, op)]
    if parts:
        yield f"Resources: {', '.join(parts)}."
    if tags_only:
        yield f"{tags_only} more only get the tag of the new spec."


def _money(before: PlanSummary | None, after: PlanSummary | None) -> Iterator[str]:
    was = before.cost if before is not None else None
    will = after.cost if after is not None else None
    if was is None and will is None:
        return
    if will is None:
        assert was is not None
        yield f"It no longer costs {_usd(was)} USD an hour."
    elif was is None:
        yield f"It costs {_usd(will)} USD an hour at the expected scale."
    elif abs(will.expected_usd - was.expected_usd) < 0.005:
        yield f"It costs {_usd(will)} USD an hour at the expected scale, as before."
    else:
        more = share(was.expected_usd, will.expected_usd)
        yield f"At the expected scale it costs {_usd(was)} → {_usd(will)} USD an hour ({more})."


def share(before: float, after: float) -> str:
    """By how much an amount grows: `+20 %`, or `×12` where a percentage says nothing any more."""
    ratio = after / before
    return f"×{ratio:.0f}" if ratio >= _MANY_TIMES else f"{(ratio - 1) * 100:+.0f} %"


def _usd(cost: CostSummary) -> str:
    return f"{'~' if cost.estimated else ''}{cost.expected_usd:,.2f}"


def _granted(after: PlanSummary | None, findings: Sequence[Finding], clouds: str) -> Iterator[str]:
    if after is None or not findings:
        return
    refused = [each for each in findings if each.verdict == "failed"]
    if not refused:
        yield f"The {clouds} grant what it needs."
    elif all(each.soft for each in refused):
        yield f"The {clouds} may not grant all of it ({_checks(refused)})."
    else:
        yield f"The {clouds} do not grant it as it stands ({_checks(refused)})."


def _checks(findings: Sequence[Finding]) -> str:
    return ", ".join(
        dict.fromkeys(f"{each.check} in {each.where}" if each.where else each.check for each in findings)
    )


def _grave(risks: Sequence[Risk]) -> Iterator[str]:
    grave = [risk for risk in risks if risk.level == "high"]
    if grave:
        yield f"{len(grave)} high risk{'s' if len(grave) != 1 else ''}."
