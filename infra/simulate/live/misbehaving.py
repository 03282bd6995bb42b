"""Replicas of a live simulation that do wrong on purpose: those of one version, as a bad release would."""

from __future__ import annotations

from collections.abc import Iterable

from llmdeploy.infra.replica.fault import VARIABLE
from llmdeploy.infra.simulate.faults import Fault
from llmdeploy.serving.plan.model import Plan, RegionPlan, ServerPlan


def misbehaving(server: ServerPlan, faults: Iterable[Fault], plan: Plan, version: RegionPlan) -> ServerPlan:
    """The server of a version, told what to do wrong by the faults of the kind `misbehave` that are about
    it."""
    told = [fault.type for fault in faults if _is_about(fault, plan, version)]
    if not told:
        return server
    return server.model_copy(update={"environment": {**server.environment, VARIABLE: ",".join(told)}})


def _is_about(fault: Fault, plan: Plan, version: RegionPlan) -> bool:
    """Its name is the framework's version, the model's revision, or the beginning of the spec's."""
    if fault.kind != "misbehave" or fault.region not in {"", version.location}:
        return False
    launch = version.server.launch
    known = {"", launch.tag if launch else plan.framework_version, plan.model_in(version).revision}
    return fault.name in known or plan.revision_in(version).startswith(fault.name)
