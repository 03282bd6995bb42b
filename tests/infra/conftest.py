"""A world for each test, that leaves no process behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra.simulate.world import World, make_world
from tests.processes import kill_all_of


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield make_world(tmp_path)
    kill_all_of(tmp_path)
