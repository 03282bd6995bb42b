"""A world for each test, that leaves no process behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.infra.simulate.world import World, make_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    yield make_world(tmp_path)
    left = [process for process in psutil.process_iter() if str(tmp_path) in _command(process)]
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=5)


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
