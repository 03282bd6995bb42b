"""What is asked for: a region's requests away from it, or back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from llmdeploy.infra.evacuation.errors import EvacuationRefused
from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.serving.rollout.record import Record
from llmdeploy.serving.rollout.standing import Standing
from llmdeploy.serving.spec.suggest import instead_of


@dataclass(frozen=True, slots=True)
class Evacuation:
    """A region on its way out, or back.

    Args:
        plan: what is up, with the region as it shall be.
        region: as the plan has it.
        back: it takes requests again.
        takers: regions that take its requests meanwhile, in the order they are tried.
        already: nothing is to be changed.
    """

    plan: Plan
    region: RegionPlan
    back: bool
    takers: tuple[str, ...]
    already: bool

    @property
    def bound(self) -> tuple[str, ...]:
        """Residencies whose requests stay in the region: all that they allow is evacuated."""
        gone = {region.name for region in self.plan.regions if region.evacuated}
        marks = self.plan.gateway.residency
        return tuple(
            mark for mark in sorted(marks) if self.region.name in marks[mark] and gone >= {*marks[mark]}
        )


def ask_for(plan: Plan, outputs: Mapping[str, Any], name: str, *, back: bool) -> Evacuation:
    """What the evacuation of a region, or its end, comes to.

    Args:
        plan: of the spec.
        outputs: of the stack as it is up.
        name: `local/a`, or `a` for short.

    Raises:
        EvacuationRefused: there is no such region, none would be left, or a rollout is under way.
    """
    present = _present(plan, outputs)
    region = _region(present, name)
    standing = Standing.of(outputs)
    others = [each.name for each in present.regions if each.name != region.name]
    takers = _in_order(region, [each for each in others if each not in standing.evacuated])
    if not back and not takers:
        raise _last(present, region, others)
    gone = [each for each in standing.evacuated if each != region.name]
    wanted = standing.model_copy(update={"evacuated": tuple(gone if back else [*gone, region.name])})
    applied = wanted.applied(present)
    already = (region.name in standing.evacuated) is not back
    return Evacuation(applied, applied.region(region.name), back, takers, already)


def _present(plan: Plan, outputs: Mapping[str, Any]) -> Plan:
    """The plan that is up, whatever the spec says by now: a region that has to go shall not wait for it."""
    record = Record.of(outputs)
    if record.rollout is not None:
        raise EvacuationRefused(
            f"a rollout of {plan.stack_name} is under way ({record.rollout.describe()})",
            "let it end, or `llmdeploy rollback` it, first",
        )
    if (stable := record.stable) is not None:
        return stable
    if outputs.get("spec_digest") != plan.spec_digest:
        raise EvacuationRefused(
            f"the spec has changed since {plan.stack_name} was brought up, and its stack keeps no plan",
            "run `llmdeploy up` first: an evacuation brings nothing else along",
        )
    return plan


def _last(plan: Plan, region: RegionPlan, others: Sequence[str]) -> EvacuationRefused:
    problem = f"{region.name} is the last region of {plan.stack_name} that takes requests"
    if not others:
        return EvacuationRefused(problem, "add a region to the spec first")
    return EvacuationRefused(
        f"{problem}: evacuated already: {', '.join(others)}", "bring one of them back with --back first"
    )


def _in_order(region: RegionPlan, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in region.failover if name in names) or tuple(names)


def _region(plan: Plan, name: str) -> RegionPlan:
    for region in plan.regions:
        if name in (region.name, region.location):
            return region
    known = [region.name for region in plan.regions]
    asked = name if "/" in name else f"{plan.regions[0].provider}/{name}"
    raise EvacuationRefused(f"{plan.stack_name} has no region {name!r}", instead_of(asked, known))
