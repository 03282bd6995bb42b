"""A quiet gateway that tests of one module share, when none of them breaks anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.serving.gateway.live import Live, gateway
from tests.serving.gateway.plans import gateway_plan, regions


@pytest.fixture(scope="module")
def quiet() -> Iterator[Live]:
    """Regions a and b; requests marked `eu` stay in b, those marked `here` in a."""
    plan = gateway_plan(residency={"eu": ("local/b",), "here": ("local/a",)})
    with gateway(plan, regions("local/a", "local/b")) as live:
        yield live
