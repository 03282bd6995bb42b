"""One region for all tests of its services: they leave it as they found it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.infra.simulate.live.services.region import Region


@pytest.fixture(scope="module")
def shared_region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    made = Region(tmp_path_factory.mktemp("clouds"))
    yield made
    made.close()


@pytest.fixture
def region(shared_region: Region) -> Iterator[Region]:
    yield shared_region
    shared_region.clouds.clear_faults()
    shared_region.tell(shared_region.told)
