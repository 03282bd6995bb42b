"""How many requests a region is still at work on."""

from __future__ import annotations

from collections.abc import Callable

from llmdeploy.infra.status.envoy_view import host_views
from llmdeploy.infra.status.facts import DeploymentFacts

InFlight = Callable[[], int | None]
"""Requests under way now; None: nobody knows."""


def in_flight_of(facts: DeploymentFacts, region: str) -> InFlight:
    """Asks the Envoys in front of the region's replicas, here or in a live simulation."""
    ports = facts.region(region).seen_at

    def look() -> int | None:
        views = host_views(facts.balancers)
        if views is None:
            return None
        return sum(view.in_flight for port, view in views.items() if port in ports)

    return look
