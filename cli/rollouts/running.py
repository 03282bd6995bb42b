"""How many replicas of each region serve now, where load decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from llmdeploy.serving.errors import LlmdeployError

if TYPE_CHECKING:
    from llmdeploy.cli.opening import Deployment


def running(deployment: Deployment) -> dict[str, int]:
    """Asked of the clouds, by region; empty on this machine, where nothing scales.

    Raises:
        LlmdeployError: a cloud does not answer: who does not know how many serve must not replace them.
    """
    plan = deployment.plan
    scaling = [region for region in plan.regions if region.max_replicas > region.min_replicas]
    if plan.regions[0].provider == "local" or not scaling:
        return {}
    from llmdeploy.infra.fleet.inventory import real_clouds, simulated_clouds
    from llmdeploy.stacks.facts import region_facts

    simulation = deployment.simulation
    clouds = simulated_clouds(simulation.folder) if simulation else real_clouds()
    facts = region_facts(deployment.facts(), plan)
    found = {}
    for region in scaling:
        if region.name not in facts:
            raise LlmdeployError(f"{region.name} was not brought up", "run `llmdeploy up` first")
        client = clouds[region.provider]().inventory
        instances = client.inventory(region.location, facts[region.name], deployment.stack).instances
        found[region.name] = sum(instance.serves for instance in instances)
    return found
