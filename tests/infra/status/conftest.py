"""The deployment of the status tests: a fresh one for each, since each breaks something."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra.drill.world import deployment

from llmdeploy.infra.status import DeploymentFacts


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[DeploymentFacts]:
    """Two regions of one replica each, all healthy."""
    with deployment(tmp_path) as up:
        yield up
