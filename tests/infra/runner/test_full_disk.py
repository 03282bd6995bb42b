"""A full disk under the state: a clear error, the state that was saved stays whole, the next run goes on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.infra.runner.world import World

pytestmark = [pytest.mark.engine, pytest.mark.slow]

_ROOT = Path(__file__).parents[3]
_SCRIPT = Path(__file__).with_name("full_disk.sh")


def test_a_full_disk_loses_nothing(world: World) -> None:
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    child = [sys.executable, "-m", "tests.infra.runner.child", str(world.folder), "up"]
    subprocess.run(
        ["unshare", "--mount", *as_root, "sh", _SCRIPT, world.folder, *child],
        cwd=_ROOT,
        check=True,
        timeout=120,
    )

    def left(run: str) -> tuple[int, str]:
        return int((world.folder / f"{run}.code").read_text()), (world.folder / f"{run}.err").read_text()

    full = (
        f"stack dev: no space left for the state in {world.folder.as_uri()}/home/state; "
        "free some space and run the same command again: the state that was saved before is whole\n"
    )
    assert left("first") == (0, "")
    assert left("full") == (1, full)
    assert _resources(world.folder / "kept.json") == {"a"}
    assert left("slow") == (1, full)
    assert "a" in _resources(world.folder / "kept-too.json")
    assert left("again") == (0, "")
    assert set(world.made()) == {"a", "slow", "later"}


def _resources(state: Path) -> set[str]:
    resources = json.loads(state.read_text())["checkpoint"]["latest"]["resources"]
    return {each["urn"].rsplit("::", 1)[-1] for each in resources if each["type"] == "probe:index:Thing"}
