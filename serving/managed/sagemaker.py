"""SageMaker's endpoint of a replica."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.plan.managed import ManagedContainer, ManagedPlan


def sagemaker_plan(ask: ManagedAsk) -> ManagedPlan:
    """The endpoint's instance, container and time-outs."""
    service = managed_service("sagemaker")
    return ManagedPlan(
        service="sagemaker",
        shown=service.shown,
        unit=service.unit(ask.chosen.instance.name) or "",
        weights=ask.model.id,
        container=ManagedContainer(image=f"{ask.launch.image}:{ask.launch.tag}"),
        startup_timeout_s=min(3600, max(60, ask.start.timeout_s)),
    )
