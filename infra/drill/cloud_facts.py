"""A deployment in real clouds, as a drill sees it: where its regions answer."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmdeploy.infra.evacuation import Well, well_in_clouds
from llmdeploy.infra.fleet.client import FleetClients
from llmdeploy.infra.status.facts import DeploymentFacts, RegionFacts
from llmdeploy.serving.plan.model import Plan, RegionPlan


def cloud_facts(plan: Plan, outputs: Mapping[str, Any]) -> DeploymentFacts:
    """The facts of what is up. Its processes are on other machines.

    Args:
        outputs: of the stack, with its secrets.
    """
    return DeploymentFacts(
        stack=plan.stack_name,
        run_dir=Path(),
        model=outputs["model"]["served_name"],
        endpoint=outputs["endpoint"],
        api_key=outputs.get("api_key"),
        spec_changed=outputs["spec_digest"] != plan.spec_digest,
        startup_timeout_s=max(region.server.startup_timeout_s for region in plan.regions),
        regions=tuple(
            _region(region, outputs) for region in plan.regions if region.name in outputs["entries"]
        ),
    )


def cloud_problems(clients: FleetClients, plan: Plan, outputs: Mapping[str, Any]) -> tuple[str, ...]:
    """What is not well, one sentence each, by what the clouds say of fleets and gateways."""
    names = [region.name for region in plan.regions]
    found: tuple[Well, ...] = well_in_clouds(clients, names, outputs.get("regions") or {})
    return tuple(f"{each.region}: {each.why}" for each in found if each.why)


def _region(region: RegionPlan, outputs: Mapping[str, Any]) -> RegionFacts:
    return RegionFacts(
        name=region.name,
        folder=Path(region.location),
        entry=outputs["entries"][region.name],
        server=region.server.kind,
        weights=region.server.weights,
        substitution="",
        replicas=(),
    )
