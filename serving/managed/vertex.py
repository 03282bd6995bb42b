"""Vertex AI's endpoint of a replica."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.plan.managed import ManagedContainer, ManagedPlan


def vertex_plan(ask: ManagedAsk) -> ManagedPlan:
    """The endpoint's machine, container and time-outs."""
    service = managed_service("vertex")
    return ManagedPlan(
        service="vertex",
        shown=service.shown,
        unit=service.unit(ask.chosen.instance.name) or "",
        weights=ask.model.id,
        container=ManagedContainer(
            image=f"{ask.launch.image}:{ask.launch.tag}",
            command=ask.launch.command,
            environment=ask.launch.environment,
            health_path=ask.launch.ready_path,
        ),
        startup_timeout_s=min(7200, ask.start.timeout_s),
    )
