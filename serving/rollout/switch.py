"""Regions that change hands: from instances to an endpoint of the cloud's own service, or back, or from an
endpoint of instances to one of copies."""

from __future__ import annotations

from typing import Final

from llmdeploy.serving.plan.model import Plan, RegionPlan
from llmdeploy.serving.rollout.criteria import Criteria, criteria_of
from llmdeploy.serving.spec.rollout import Rollout

SWITCH: Final = Rollout.model_validate({"strategy": "blue-green", "bake": "10s"})
"""How `up` changes the hands where the spec has no section `rollout`: an update in place would end the old
replicas while the new ones start. Seconds, as the model is the same and what can be wrong shows at once; as
long as any other rollout where clouds tell figures by the minute.
"""


def switched_regions(before: Plan, after: Plan) -> tuple[str, ...]:
    """The regions of both plans that are run by another service, or by one where there was none, or by
    another kind of endpoint, which none becomes by an update.
    """
    old = {region.name: _hands(region) for region in before.regions}
    return tuple(
        region.name for region in after.regions if region.name in old and old[region.name] != _hands(region)
    )


def criteria_between(
    asked: Rollout | None, before: Plan, after: Plan, *, by_minutes: bool = False
) -> Criteria:
    """What is asked of the new version.

    A switch that nobody asked to be judged goes on where too few requests came to judge it.

    Args:
        asked: the spec's section `rollout`.
        by_minutes: whether figures come by the minute, as in real clouds.
    """
    if asked is None and switched_regions(before, after):
        return criteria_of(None if by_minutes else SWITCH).model_copy(update={"unjudged": "pass"})
    return criteria_of(asked)


def _hands(region: RegionPlan) -> tuple[str, ...] | None:
    """Whose they are. What hosts a component on other instances is another endpoint, as nobody says what an
    update does to its copies.
    """
    managed = region.managed
    if managed is None:
        return None
    if managed.component is None:
        return (managed.service,)
    return managed.service, managed.unit, managed.host_software or ""
