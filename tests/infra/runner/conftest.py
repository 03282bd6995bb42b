"""A world for each test, that leaves no process behind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from tests.infra.runner.world import Things, World, make_world

_ROOT = Path(__file__).parents[3]

Launch = Callable[[str, Things], "subprocess.Popen[str]"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    yield made
    left = made.processes()
    for process in left:
        process.kill()
    psutil.wait_procs(left, timeout=5)


@pytest.fixture
def launch(world: World) -> Iterator[Launch]:
    """Start an operation in a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(operation: str, things: Things) -> subprocess.Popen[str]:
        arguments = [str(world.folder), operation, json.dumps(things)]
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.infra.runner.child", *arguments],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()
