"""What is in the simulated Bedrock of a world."""

from __future__ import annotations

from typing import Any

from tests.infra.simulate.world import World

from llmdeploy.infra.simulate.records import Record
from llmdeploy.infra.simulate.rest.bedrock_records import IMPORT
from llmdeploy.infra.simulate.store import Store


def models(world: World) -> list[Record]:
    return world.clouds.resources(IMPORT)


def jobs(world: World) -> list[dict[str, Any]]:
    """Every import job, ended or not, the oldest first."""
    store = Store(world.folder)
    try:
        found = [each for each in store.operations().values() if each["kind"] == "ModelImportJob"]
    finally:
        store.close()
    return sorted(found, key=lambda each: each["began"])


def under_way(world: World) -> int:
    return sum(not each["done"] for each in jobs(world))
