"""A spec run each way: what it costs, what is lost, and why a way is closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.compare.leave_out import left_out
from llmdeploy.serving.compare.ways import ways_of, who_runs
from llmdeploy.serving.errors import LlmdeployError, SpecErrors
from llmdeploy.serving.load import LoadedSpec
from llmdeploy.serving.plan.draft import shown_path
from llmdeploy.serving.plan.model import Plan
from llmdeploy.serving.rules import RULES, RuleProblem
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.managed import Service

WayName = Literal["as written", "self-hosted"] | Service
MOST_ROUNDS = 8
"""Each leaves out all that the rules found; what is left out can uncover little."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A field of the spec that a way does not honour, and the rule's words."""

    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class Way:
    """One way to run the spec."""

    name: WayName
    shown: str
    service: Service | None
    regions: tuple[str, ...]
    """Those that it runs; the others are self-hosted."""
    plan: Plan | None
    """Without what is lost; None where the way is closed."""
    lost: tuple[Loss, ...] = ()
    first: tuple[str, ...] = ()
    """What is to be done before: the mends of rules about where the weights are."""
    closed: tuple[str, ...] = ()
    """Why it cannot be gone, where it cannot."""


def compare(source: LoadedSpec, written: Plan, plan: Callable[[LoadedSpec], Plan]) -> tuple[Way, ...]:
    """The spec as it is written, where that is a way of its own; self-hosted; and by each service.

    Args:
        written: its plan.
        plan: makes one of a changed copy.
    """
    ways = [_way(source, service, spec, plan) for service, spec in ways_of(source.spec)]
    asked = who_runs(source.spec)
    known = [who_runs(spec) for _, spec in ways_of(source.spec)]
    if asked in known:
        return tuple(ways)
    names = tuple(each.name for each in source.spec.regions)
    return (Way("as written", "as the spec says", None, names, written), *ways)


def _way(
    source: LoadedSpec, service: Service | None, spec: ServingSpec, plan: Callable[[LoadedSpec], Plan]
) -> Way:
    provider = managed_service(service).provider if service else None
    regions = tuple(each.name for each in spec.regions if provider in (None, each.provider))
    shown = managed_service(service).shown if service else "self-hosted"
    able, lost, rest = _able(spec)
    first = tuple(problem.mend.partition(", or ")[0] for problem in rest if problem.path == ("model", "id"))
    closed = tuple(_told(problem) for problem in rest if problem.path != ("model", "id"))
    way = Way(service or "self-hosted", shown, service, regions, None, lost, first, closed)
    if closed:
        return way
    try:
        return replace(way, plan=plan(replace(source, spec=able)))
    except SpecErrors as error:
        return replace(way, closed=tuple(f"{one.path}: {one.problem}" for one in error.problems))
    except LlmdeployError as error:
        return replace(way, closed=(error.problem,))


def _able(spec: ServingSpec) -> tuple[ServingSpec, tuple[Loss, ...], list[RuleProblem]]:
    """The spec without what the rules refuse, what that is, and what they still refuse."""
    lost: dict[Loss, None] = {}
    for _ in range(MOST_ROUNDS):
        found = _refused(spec)
        before = spec
        for problem in found:
            without = left_out(spec, problem.path)
            if without is not None:
                spec = without
                lost[Loss(shown_path(problem.path), problem.problem)] = None
        if spec is before:
            return spec, tuple(lost), found
    return spec, tuple(lost), _refused(spec)


def _refused(spec: ServingSpec) -> list[RuleProblem]:
    return [problem for rule in RULES for problem in rule(spec)]


def _told(problem: RuleProblem) -> str:
    return f"{shown_path(problem.path)}: {problem.problem}"
