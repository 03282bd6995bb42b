"""A world for each test, that leaves no process behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.infra.provider.vertex.world import commands_with
from tests.infra.simulate.world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield make_world(tmp_path)
    left = commands_with(str(tmp_path))
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=5)
