"""The plan of a deployment in the middle of a rollout: what its stack is to be at the present move."""

from __future__ import annotations

from collections.abc import Iterable

from llmdeploy.serving.plan.model import REVISION_LENGTH, Plan, RegionPlan, Role, VersionPlan
from llmdeploy.serving.rollout.change import changed_regions
from llmdeploy.serving.rollout.fleet_size import fleet_size, full_size
from llmdeploy.serving.rollout.progress import Progress, SlotsByRegion
from llmdeploy.serving.rollout.record import Record
from llmdeploy.serving.rollout.standing import Standing, other


def composed(stable: Plan, target: Plan, progress: Progress, standing: Standing) -> Plan:
    """Stable's plan, with the new version where the rollout has brought it. What is not the replicas'
    (routing, weights, regions that come or go) stays as it is until the rollout is over.
    """
    base = standing.applied(stable)
    rolled = set(changed_regions(stable, target))
    fresh = {region.name: _as_new(region, target, base) for region in target.regions if region.name in rolled}
    regions = []
    for old in base.regions:
        new = fresh.get(old.name)
        if new is None:
            regions.append(old)
        elif old.name in progress.regions:
            before, after = (new, old) if progress.back else (old, new)
            regions.append(_between(before, after, progress, base))
        else:
            regions.append(_lingering(new) if old.name in progress.moved else old)
    return base.model_copy(update={"regions": tuple(regions)})


def present(record: Record, standing: Standing) -> Plan | None:
    """What a stack is now, in the middle of a rollout with both versions; None where it keeps no plan."""
    stable = record.stable
    if stable is None:
        return None
    if record.rollout is None:
        return standing.applied(stable)
    return composed(stable, record.rollout.target.plan(), record.rollout, standing)


def flipped(standing: Standing, stable: Plan, target: Plan, regions: Iterable[str] | None = None) -> Standing:
    """How the regions stand after the rollout: the changed ones in their other slot."""
    changed = changed_regions(stable, target) if regions is None else tuple(regions)
    slots: SlotsByRegion = {**standing.slots}
    for name in changed:
        slots[name] = other(standing.slot(name))
    names = {region.name for region in target.regions}
    kept = {name: slot for name, slot in slots.items() if slot != "blue" and name in names}
    return standing.model_copy(update={"slots": kept})


def _as_new(new: RegionPlan, target: Plan, base: Plan) -> RegionPlan:
    """The target's region, in the free slot, with all else as it stands."""
    old = base.region(new.name)
    return new.model_copy(
        update={
            "slot": other(old.slot),
            "model": target.model if target.model != base.model else None,
            "revision": target.spec_digest[:REVISION_LENGTH],
            "weight": old.weight,
            "failover": old.failover,
            "turn": old.turn,
            "evacuated": old.evacuated,
            "gateway_tier": old.gateway_tier,
        }
    )


def _between(before: RegionPlan, after: RegionPlan, progress: Progress, base: Plan) -> RegionPlan:
    """A region on its way from one version to the other."""
    size = fleet_size(before, after, progress)
    match progress.phase:
        case "drain" if not size.new:
            return _sized(before, size.old, progress)
        case "drain" | "prepare" | "grow" | "shift":
            canary = _beside(_fixed(after, size.new), base, "canary", progress)
            return _sized(before, size.old, progress).model_copy(update={"beside": canary})
        case "promote":
            former = _beside(_sized(before, size.old, progress), base, "former", progress)
            return after.model_copy(update={"beside": former})
        case "retire":
            return _lingering(after)
        case "withdraw":
            gone = _beside(_fixed(after, size.new), base, "canary", progress)
            return _sized(before, size.old, progress).model_copy(update={"beside": gone})
        case "remove":
            return _lingering(before)


def _beside(region: RegionPlan, base: Plan, role: Role, progress: Progress) -> VersionPlan:
    return VersionPlan(
        role=role,
        revision=base.revision_in(region),
        percent=progress.percent,
        mirrored=progress.copies,
        region=region,
    )


def _lingering(region: RegionPlan) -> RegionPlan:
    """Until the rollout is over: requests that began on the canary's way may take minutes."""
    return region.model_copy(update={"lingering": True})


def _sized(region: RegionPlan, replicas: int, progress: Progress) -> RegionPlan:
    """With no more than these, where that is fewer than it has."""
    return region if replicas >= full_size(region, progress) else _fixed(region, replicas)


def _fixed(region: RegionPlan, replicas: int) -> RegionPlan:
    """Just so many, whatever the load."""
    return region.model_copy(update={"min_replicas": replicas, "max_replicas": replicas})
