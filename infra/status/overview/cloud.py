"""What the clouds say: of each region and version the instances that there should be, run, and serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from llmdeploy.infra.fleet.inventory import CloudInstance
from llmdeploy.infra.status.deployed import ReplicaRole
from llmdeploy.infra.status.overview.view import Verdict, View, whole


@dataclass(frozen=True, slots=True)
class CloudVersion:
    """One version in a region.

    Args:
        wanted: instances that its groups are set to, and that the stack wants at least.
        running: those that the cloud gave.
        in_service: those that the region's load balancer sends requests to.
        load: requests that run and wait over those that the replicas run at once; None: not measured lately.
        why: what keeps some from service, in the cloud's own words.
        mend: what to do about it.
        command: a line for a shell that does it, ready to run.
    """

    revision: str
    role: ReplicaRole
    percent: int
    verdict: Verdict
    wanted: int
    running: int
    in_service: int
    load: float | None
    instances: tuple[CloudInstance, ...]
    why: str = ""
    mend: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class CloudRegion:
    """One region. `why`: what is wrong with the whole of it, or why it could not be asked."""

    name: str
    verdict: Verdict
    versions: tuple[CloudVersion, ...] = ()
    gateways_healthy: int | None = None
    gateways_wanted: int | None = None
    why: str = ""
    mend: str = ""


def cloud_view(regions: Sequence[CloudRegion], *, simulated: bool) -> View:
    """All regions together."""
    asked = [region for region in regions if region.verdict != "unknown"]
    versions = [version for region in asked for version in region.versions]
    wanted, serving = sum(each.wanted for each in versions), sum(each.in_service for each in versions)
    said = f"{serving} of {wanted} instances in service" if asked else "could not be asked"
    missing = f", {len(regions) - len(asked)} of {len(regions)} regions unasked"
    said += missing if asked and len(asked) < len(regions) else ""
    problems = tuple(problem for region in regions for problem in _problems(region))
    return View(
        whole(region.verdict for region in regions), f"{said} (simulated)" if simulated else said, problems
    )


def _problems(region: CloudRegion) -> list[str]:
    found = [(region.name, region.why, region.mend)] if region.why else []
    found += [
        (f"{region.name} {version.revision}", version.why, version.mend)
        for version in region.versions
        if version.why
    ]
    # The clouds' own words end as sentences do.
    return [
        f"{where}: {'; '.join(filter(None, (why.rstrip('.'), what_to_do)))}"
        for where, why, what_to_do in found
    ]
