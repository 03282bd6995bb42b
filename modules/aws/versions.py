"""The versions of a region's replicas: its own, and the one beside it while a rollout goes on."""

from __future__ import annotations

from llmdeploy.modules.aws import lookups
from llmdeploy.modules.aws.node import server_image
from llmdeploy.modules.aws.pins import RegionPins
from llmdeploy.modules.aws.task import CONFIG_IMAGE, ENVOY_IMAGE
from llmdeploy.modules.aws.zones import Zones
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.plan.model import RegionPlan, Slot


def versions_of(region: RegionPlan) -> tuple[RegionPlan, ...]:
    """In the order of their slots, so that nothing changes when one takes the other's place."""
    return tuple(sorted(region.fleets, key=lambda version: version.slot))


def hosted_in(region: RegionPlan) -> tuple[RegionPlan, ...]:
    """Those that are instances of one's own."""
    return tuple(version for version in versions_of(region) if version.managed is None)


def managed_in(region: RegionPlan) -> tuple[RegionPlan, ...]:
    """Those that a service of AWS runs."""
    return tuple(version for version in versions_of(region) if version.managed is not None)


def is_imported(version: RegionPlan) -> bool:
    """Whether Bedrock runs it."""
    return version.managed is not None and version.managed.service == "bedrock"


def launch_of(version: RegionPlan) -> Launch:
    """The container of a version's replicas. Raises LlmdeployError: the plan has no instances."""
    if version.server.launch is None or version.hardware is None or version.startup is None:
        raise LlmdeployError(f"the plan of {version.name} has no instances", "plan the spec anew")
    return version.server.launch


def instance_of(version: RegionPlan) -> str:
    """The type of a version's instances."""
    assert version.hardware is not None
    return version.hardware.instance


def server_images(region: RegionPlan) -> tuple[str, ...]:
    """`image:tag` of the inference servers, each once."""
    return tuple(dict.fromkeys(server_image(launch_of(version)) for version in hosted_in(region)))


def images_of(region: RegionPlan) -> tuple[str, ...]:
    """`image:tag` of everything that runs in the region, whose digests `RegionPins` must hold."""
    return (*server_images(region), ENVOY_IMAGE, CONFIG_IMAGE)


def zones_of(region: RegionPlan, pins: RegionPins) -> dict[Slot, Zones]:
    """The zones of each version; the network spans those of all. A service of AWS chooses its own.

    Raises:
        LlmdeployError: no zone offers an instance.
    """
    network, fleets = pins.network_zones, dict[Slot, tuple[str, ...]]()
    for version in (each for each in region.fleets if each.managed is None):
        instance = instance_of(version)
        found = lookups.zones(region.location, instance, pins.zones.get(instance), network)
        network, fleets[version.slot] = found.network, found.fleet
    if not fleets:
        network = lookups.network_zones(region.location, network)
    return {each.slot: Zones(network, fleets.get(each.slot, ())) for each in region.fleets}
