"""Deployments of the drill's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.infra.drill.world import deployment

from llmdeploy.infra.status import DeploymentFacts


@pytest.fixture(scope="module")
def two_regions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeploymentFacts]:
    """Two regions of one replica each."""
    with deployment(tmp_path_factory.mktemp("two")) as facts:
        yield facts
