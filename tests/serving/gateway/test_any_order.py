"""Envoy takes up changed files in any order: none may be lost for having come first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml
from tests.serving.gateway.clouds import Clouds, clouds
from tests.serving.gateway.live import admin_page, wait_until
from tests.serving.gateway.test_clouds import HERE, NEXT, plan_of

from llmdeploy.serving.gateway.files import CLUSTERS_FILE, LISTENERS_FILE

NEW = f"relay.{NEXT}"


def test_a_relay_that_comes_before_its_cluster_serves_once_that_is_there(tmp_path: Path) -> None:
    with clouds(plan_of(tmp_path)) as running:
        folder = running.regions[HERE].folder
        clusters, listeners = (read(folder, file) for file in (CLUSTERS_FILE, LISTENERS_FILE))
        for file, content in ((LISTENERS_FILE, listeners), (CLUSTERS_FILE, clusters)):
            without = [each for each in content["resources"] if each["name"] != NEW]
            write(folder, file, {"resources": without})
        wait_until(lambda: NEW not in names(folder), "the relay is gone")
        write(folder, LISTENERS_FILE, listeners)
        wait_until(lambda: NEW in names(folder), "the relay listens, without a cluster")
        write(folder, CLUSTERS_FILE, clusters)
        stop_own_replica(running)
        wait_until(lambda: answered_by(running) == NEXT, "the other region answers through the relay")


def read(folder: Path, file: str) -> dict[str, Any]:
    return dict(yaml.safe_load((folder / "gateway" / file).read_text()))


def write(folder: Path, file: str, content: dict[str, Any]) -> None:
    """By renaming, which is what Envoy watches for."""
    partial = folder / f"{file}.partial"
    partial.write_text(yaml.safe_dump(content))
    partial.replace(folder / "gateway" / file)


def names(folder: Path) -> set[str]:
    found = json.loads(admin_page(folder / "g.sock", "/listeners?format=json"))
    return {each["name"] for each in found["listener_statuses"]}


def stop_own_replica(running: Clouds) -> None:
    process = running.regions[HERE].replica.process
    assert process is not None
    process.kill()
    process.wait()


def answered_by(running: Clouds) -> str:
    return str(running.chat(HERE).headers.get("x-llmdeploy-region", ""))
