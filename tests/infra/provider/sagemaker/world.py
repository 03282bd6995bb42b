"""What is in the simulated SageMaker of a world."""

from __future__ import annotations

from typing import Any

from tests.infra.simulate.world import World

from llmdeploy.infra.simulate.fleet.components import COMPONENT
from llmdeploy.infra.simulate.records import Record


def components(world: World) -> list[Record]:
    return world.clouds.resources(COMPONENT)


def told(world: World) -> dict[str, Any]:
    """What is kept of the one component there is."""
    [component] = components(world)
    return component.outputs


def instances(world: World) -> int:
    return len(world.clouds.instances(world.clouds.find("Endpoint:endpoint")))
