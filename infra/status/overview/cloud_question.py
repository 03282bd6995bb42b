"""One region's question to its cloud, and what the answer comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from llmdeploy.infra.fleet.client import FleetLook, VersionLook
from llmdeploy.infra.fleet.inventory import CloudClient, Inventory
from llmdeploy.infra.fleet.mend import mend
from llmdeploy.infra.status.deployed import Version
from llmdeploy.infra.status.overview.cloud import CloudRegion, CloudVersion
from llmdeploy.infra.status.overview.view import Verdict, whole
from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.infra.fleet.refusal import Refusal
    from llmdeploy.serving.plan.model import Plan

_NOTHING: Final = VersionLook(launched=0, healthy=0)


@dataclass(frozen=True, slots=True)
class RegionQuestion:
    """What is asked about a region.

    Args:
        facts: the stack's, of this region.
        versions: its own first.
        gateways_wanted: None: not known.
        plan: of what is deployed, as far as that is known.
    """

    name: str
    stack: str
    facts: Mapping[str, Any]
    versions: tuple[Version, ...]
    gateways_wanted: int | None
    plan: Plan | None = None

    def facts_of(self, version: Version) -> Mapping[str, Any]:
        """Where the version's instances are."""
        own = {name: value for name, value in self.facts.items() if name != "beside"}
        return own if version.role == "own" else {**own, **self.facts.get("beside", {})}

    def mend(self, version: Version, refusal: Refusal) -> tuple[str, str]:
        """What to do about a refusal, and a command that does it; empty where that is not known."""
        for region in self.plan.regions if self.plan is not None else ():
            if region.name == self.name:
                fleet = region.fleets[0 if version.role == "own" else -1]
                assert self.plan is not None
                return mend(self.plan, fleet, refusal, self.facts_of(version))
        return "", ""


def ask_region(question: RegionQuestion, client: CloudClient) -> CloudRegion:
    """Ask about all versions of a region; what stands in the way of an answer is the answer then."""
    location = question.name.partition("/")[2]
    try:
        look = client.fleets.look(location, question.facts)
        found = [
            client.inventory.inventory(location, question.facts_of(each), question.stack)
            for each in question.versions
        ]
    except LlmdeployError as error:
        return unasked(question.name, error)
    looks = [look if each.role == "own" else look.beside or _NOTHING for each in question.versions]
    versions = tuple(map(partial(_version, question), question.versions, looks, found))
    return _region(question, versions, look.gateways_healthy)


def unasked(name: str, error: LlmdeployError) -> CloudRegion:
    """A region that does not answer."""
    return CloudRegion(name, "unknown", why=error.problem, mend=error.mend)


def _version(
    question: RegionQuestion, version: Version, look: FleetLook | VersionLook, found: Inventory
) -> CloudVersion:
    wanted = max(found.wanted, version.replicas or 0)
    refusal = look.refusal if look.launched < wanted else None
    what_to_do, command = question.mend(version, refusal) if refusal is not None else ("", "")
    return CloudVersion(
        revision=version.revision,
        role=version.role,
        percent=version.percent,
        verdict=_verdict(wanted, look.healthy),
        wanted=wanted,
        running=look.launched,
        in_service=look.healthy,
        load=found.load,
        instances=found.instances,
        why=str(refusal) if refusal is not None else _why(wanted, look),
        mend=what_to_do,
        command=command,
    )


def _verdict(wanted: int, serving: int) -> Verdict:
    if wanted == 0:
        return "unknown"
    if serving >= wanted:
        return "healthy"
    return "degraded" if serving else "down"


def _why(wanted: int, look: FleetLook | VersionLook) -> str:
    if look.trouble:
        return look.trouble
    if look.launched < wanted:
        return f"{look.launched} of {wanted} instances run"
    return f"{look.healthy} of {wanted} instances are in service" if look.healthy < wanted else ""


def _region(
    question: RegionQuestion, versions: tuple[CloudVersion, ...], gateways: int | None
) -> CloudRegion:
    verdict, why = whole(version.verdict for version in versions), ""
    if verdict == "unknown":
        verdict, why = "down", "no instances are wanted there"
    least = question.gateways_wanted
    if gateways == 0:
        verdict, why = "down", "none of its gateways is healthy"
    elif gateways is not None and least is not None and gateways < least:
        verdict = "degraded" if verdict == "healthy" else verdict
        why = f"{gateways} of {least} gateways are healthy"
    return CloudRegion(question.name, verdict, versions, gateways, least, why)
