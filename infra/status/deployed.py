"""The plan that a stack is now, from what it keeps: in the middle of a rollout, with both versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from llmdeploy.serving.plan.model import Plan, RegionPlan

ReplicaRole = Literal["own", "canary", "former"]
"""`own`: of the region's own version. `canary`: of one on trial. `former`: of the one before."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a region, as its stack wants it.

    Args:
        revision: the first characters of its spec's digest.
        replicas: how many at least; None where the stack does not keep that.
        percent: of the region's requests, what a canary gets.
        mirrored: they are copies.
    """

    revision: str
    role: ReplicaRole = "own"
    replicas: int | None = None
    percent: int = 0
    mirrored: bool = False


def deployed_plan(outputs: Mapping[str, Any]) -> Plan | None:
    """The present plan; None of a stack that keeps none, as plain Pulumi leaves it."""
    if not outputs.get("record"):
        return None
    from llmdeploy.serving.rollout.compose import present
    from llmdeploy.serving.rollout.record import Record
    from llmdeploy.serving.rollout.standing import Standing

    return present(Record.of(outputs), Standing.of(outputs))


def rolled_out(outputs: Mapping[str, Any]) -> str:
    """The digest of the spec that a rollout leads to; empty when none is under way."""
    if not outputs.get("rollout"):
        return ""
    from llmdeploy.serving.rollout.record import Record

    rollout = Record.of(outputs).rollout
    return "" if rollout is None or rollout.reason else rollout.target.plan().spec_digest


def versions_in(plan: Plan, region: RegionPlan) -> tuple[Version, ...]:
    """The region's own version, and the one beside it."""
    own = Version(plan.revision_in(region), "own", region.min_replicas)
    beside = region.beside
    if beside is None:
        return (own,)
    other = Version(beside.revision, beside.role, beside.region.min_replicas, beside.percent, beside.mirrored)
    return own, other


def replica_roles(outputs: Mapping[str, Any]) -> dict[str, ReplicaRole]:
    """Of the replicas of versions that stand beside a region's own."""
    plan = deployed_plan(outputs) if outputs.get("rollout") else None
    if plan is None:
        return {}
    return {
        name: region.beside.role
        for region in plan.regions
        if region.beside is not None
        for name in region.beside.region.replica_names
    }
