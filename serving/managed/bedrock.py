"""Bedrock's import of a model."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.plan.managed import ManagedPlan


def bedrock_plan(ask: ManagedAsk) -> ManagedPlan:
    """The imported model: Bedrock has its own server and hardware, and starts and stops copies by itself."""
    service = managed_service("bedrock")
    return ManagedPlan(
        service="bedrock",
        shown=service.shown,
        unit=service.own_units[0].name,
        weights=ask.model.id,
        # A probe would keep a copy awake, and its 5-minute windows are what is paid for.
        probe_s=0.0,
    )
