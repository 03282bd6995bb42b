"""A review, as data: what will happen to one stack, what it will cost, and what could go wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from llmdeploy.infra.preflight.finding import Finding
from llmdeploy.infra.runner.events import Counts, Op, PropertyChange
from llmdeploy.serving.errors import Problem
from llmdeploy.serving.plan.model import Decision
from llmdeploy.serving.review.difference import Difference
from llmdeploy.serving.review.summary import PlanSummary

Kind = Literal["change", "unchanged", "destroy", "invalid", "failed"]
"""What a review found: `invalid` specs have errors, of `failed` ones no preview could be made."""
Level = Literal["high", "medium", "low"]


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """What happens to one resource."""

    op: Op
    type: str
    """Pulumi's type token."""
    name: str
    changes: tuple[PropertyChange, ...] = ()
    """Without those that only say which spec made the resource."""
    tags_only: bool = False
    """Nothing else changes than which spec made it."""
    gone: bool = False
    """Of drift: it is not there any more."""

    @property
    def forced_by(self) -> tuple[str, ...]:
        """The properties for which it is replaced."""
        return tuple(change.path for change in self.changes if change.kind == "replace")


@dataclass(frozen=True, slots=True)
class RegionReview:
    """What happens in one region."""

    name: str
    """Empty for what regions share."""
    resources: tuple[ResourceChange, ...]

    @property
    def counts(self) -> Counts:
        """Resources by what happens to them. Those that only get other tags count as the same."""
        tally = dict.fromkeys(Counts.__slots__, 0)
        for resource in self.resources:
            op = "same" if resource.tags_only else resource.op
            if op in tally:
                tally[op] += 1
        return Counts(**tally)


@dataclass(frozen=True, slots=True)
class Risk:
    """What a reviewer should think about before agreeing."""

    level: Level
    kind: str
    """`fleet-replaced`, `redundancy`, …: what `--fail-on risk=KIND` names."""
    what: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class GpuRow:
    """GPUs of one type in one region, at the fewest and the most replicas."""

    region: str
    gpu: str
    least_before: int
    most_before: int
    least_after: int
    most_after: int


@dataclass(frozen=True, slots=True)
class Review:
    """One spec's part of a change.

    Attributes:
        basis: what the steps are counted from, in words: `what is deployed`.
        before: what is there now, or at the base; None: nothing.
        after: what the spec makes; None when the stack is destroyed.
        quota: the preflight's findings that are not fine, and all about quotas.
        tags_only: resources that only get the digest of another spec.
        notes: what a reader should know about the review itself.
    """

    spec: str
    environment: str
    stack: str
    kind: Kind
    headline: str = ""
    basis: str = ""
    simulated: bool = False
    before: PlanSummary | None = None
    after: PlanSummary | None = None
    differences: tuple[Difference, ...] = ()
    regions: tuple[RegionReview, ...] = ()
    counts: Counts = field(default_factory=Counts)
    tags_only: int = 0
    gpus: tuple[GpuRow, ...] = ()
    quota: tuple[Finding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    risks: tuple[Risk, ...] = ()
    drift: tuple[ResourceChange, ...] = ()
    problems: tuple[Problem, ...] = ()
    """Of an invalid spec."""
    error: str = ""
    """Why no preview could be made."""
    mend: str = ""
    exit_code: int = 0
    """Of the error."""
    notes: tuple[str, ...] = ()
    plan_file: str = ""
    """Where the reviewed plan was saved."""

    @property
    def ok(self) -> bool:
        """Whether there is a preview at all."""
        return self.kind not in {"invalid", "failed"}
