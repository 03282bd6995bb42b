"""Deployments for the tests, ended with them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.infra.provider.deployment import Deployment
from tests.infra.provider.plans import plan


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A home with nothing in it."""
    found = Deployment(tmp_path)
    yield found
    found.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A deployment of two regions that is up. Tests leave it as they found it."""
    found = Deployment(tmp_path_factory.mktemp("running"))
    try:
        found.up(plan("a", "b"))
        yield found
    finally:
        found.close()
