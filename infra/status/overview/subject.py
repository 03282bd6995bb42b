"""What is looked at, and what is known of it beforehand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from llmdeploy.infra.status.overview.endpoint import Entry
from llmdeploy.infra.status.overview.overview import Place
from llmdeploy.infra.status.overview.stack import Engine as Asked
from llmdeploy.serving.gateway.cloud import front_name
from llmdeploy.serving.plan.model import REVISION_LENGTH

if TYPE_CHECKING:
    from llmdeploy.infra.fleet.inventory import CloudClients
    from llmdeploy.infra.simulate.session import Simulation
    from llmdeploy.infra.status.deployed import Version
    from llmdeploy.infra.status.overview.cloud_question import RegionQuestion
    from llmdeploy.infra.status.overview.stack import StackState
    from llmdeploy.serving.plan.model import Plan, RegionPlan

FRONT = "all"
"""The name of what stands in front of all regions."""


class Engine(Asked, Protocol):
    """The part of `Runner` that is needed."""

    def outputs(self, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
        """The outputs of the last `up`."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A deployment, and how it can be asked.

    Args:
        plan: what its spec says now.
        run_dir: the files of what runs on this machine.
        locks: the folder of the locks of stacks.
        catalog: the folder of own and refreshed prices.
        simulation: the simulated clouds that stand for the real ones.
        clouds: None on this machine.
    """

    plan: Plan
    run_dir: Path
    locks: Path
    catalog: Path
    engine: Engine
    simulation: Simulation | None = None
    clouds: CloudClients | None = None

    @property
    def stack(self) -> str:
        """The Pulumi stack."""
        return self.plan.stack_name

    @property
    def place(self) -> Place:
        """Where it is."""
        if self.clouds is None:
            return "this machine"
        return "clouds" if self.simulation is None else "simulated clouds"


def entries_of(outputs: Mapping[str, Any], plan: Plan) -> list[Entry]:
    """Where clients enter: the name in front of all, then each region. One that is both comes once.

    Args:
        plan: of what is deployed.
    """
    regions: Mapping[str, str] = outputs.get("entries") or {}
    # A region's own front shows the certificate that all fronts share.
    name = front_name(plan.name, plan.domain)
    found = [Entry(region, url, name) for region, url in regions.items()]
    front = outputs.get("endpoint")
    return [Entry(FRONT, front), *found] if front and front not in regions.values() else found


def questions(subject: Subject, state: StackState, deployed: Plan | None) -> list[RegionQuestion]:
    """What the clouds are asked, region by region.

    Args:
        deployed: the plan that is up, where the stack keeps it.
    """
    from llmdeploy.infra.status.overview.cloud_question import RegionQuestion

    plan = deployed or subject.plan
    known = {region.name: region for region in plan.regions}
    return [
        RegionQuestion(
            name,
            subject.stack,
            facts,
            _versions(name, facts, state, deployed),
            _gateways(known.get(name)),
            plan,
        )
        for name, facts in state.regions([*known, *(region.name for region in subject.plan.regions)]).items()
    ]


def _versions(
    name: str, facts: Mapping[str, Any], state: StackState, deployed: Plan | None
) -> tuple[Version, ...]:
    from llmdeploy.infra.status.deployed import Version, versions_in

    beside = facts.get("beside")
    for region in deployed.regions if deployed is not None else ():
        if deployed is not None and region.name == name:
            found = versions_in(deployed, region)
            # A move that is under way, or failed, has not brought what its plan says.
            return found if beside else found[:1]
    own = Version(str(state.outputs.get("spec_digest") or "")[:REVISION_LENGTH])
    return (own, Version(str(beside.get("revision", "")), "canary")) if beside else (own,)


def _gateways(region: RegionPlan | None) -> int | None:
    from llmdeploy.infra.preflight.needs.need import gateways_wanted

    return (gateways_wanted(region) or None) if region is not None else None
