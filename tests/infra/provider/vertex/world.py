"""What is in the simulated Vertex AI of a world, and what runs for it."""

from __future__ import annotations

from typing import Any

from tests.infra.simulate.world import World

from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.vertex_records import DEPLOYMENT, ENDPOINT, MODEL
from llmdeploy.infra.simulate.store import Store


def models(world: World) -> list[Record]:
    return world.clouds.resources(MODEL)


def endpoints(world: World) -> list[Record]:
    return world.clouds.resources(ENDPOINT)


def deployments(world: World) -> list[Record]:
    return world.clouds.resources(DEPLOYMENT)


def split(world: World) -> dict[str, Any]:
    """The traffic of the one endpoint, by what is deployed."""
    return dict(endpoints(world)[0].outputs["trafficSplit"])


def replicas(world: World) -> tuple[int, int]:
    """At least and at most, of the one deployment."""
    resources = deployments(world)[0].outputs["dedicatedResources"]
    return resources["minReplicaCount"], resources["maxReplicaCount"]


def under_way(world: World) -> list[str]:
    """The kinds of operations that have not ended."""
    store = Store(world.folder)
    try:
        return [each["kind"] for each in store.operations().values() if not each["done"]]
    finally:
        store.close()
