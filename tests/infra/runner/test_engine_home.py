"""The engine's home in our cache keeps plugins, and no logs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.infra.runner.world import STACK, World

from llmdeploy.infra.runner.engine_home import engine_home


@pytest.mark.engine
def test_the_engine_writes_no_logs_and_works(world: World) -> None:
    assert world.runner.up(STACK, world.program({"a": {}})).counts.changed == 1
    home = world.home.cache / "pulumi"
    assert (home / "logs").is_file()
    assert not list(home.rglob("*.log"))


def test_logs_of_before_are_removed(tmp_path: Path) -> None:
    old = tmp_path / "pulumi" / "logs" / "pulumi-20261130T115434-27667-up.log"
    old.parent.mkdir(parents=True)
    old.write_text("every property")
    home = engine_home(tmp_path)
    assert home == tmp_path / "pulumi"
    assert not old.exists()
    assert engine_home(tmp_path) == home


def test_a_cache_that_cannot_be_written_is_left_to_the_engine(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("where a folder should be")
    assert engine_home(file) == file / "pulumi"
