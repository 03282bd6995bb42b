"""The online endpoint of Azure ML that runs a replica."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.managed.shell import arguments
from llmdeploy.serving.plan.managed import ManagedContainer, ManagedPlan
from llmdeploy.serving.spec.model import source_kind

LONGEST_START_S = 3600
"""Judgement: Azure publishes no limit, and an instance that has not loaded by then hardly will."""


def azure_ml_plan(ask: ManagedAsk) -> ManagedPlan:
    """The deployment's size, container and time-outs: the framework's own image and command.

    Raises:
        LlmdeployError: the server cannot be started there, or cannot fetch its weights itself.
    """
    service = managed_service("azure-ml")
    if source_kind(ask.model.id) != "hub":
        raise LlmdeployError(
            f"{ask.launch.framework} cannot fetch weights from {ask.model.id} on an {service.shown}",
            "name a model of the hub",
        )
    launch = ask.launch
    return ManagedPlan(
        service="azure-ml",
        shown=service.shown,
        unit=ask.chosen.instance.name,
        weights=ask.model.id,
        container=ManagedContainer(
            image=f"{launch.image}:{launch.tag}",
            command=arguments(launch, service.shown),
            environment=launch.environment,
            port=launch.port,
            health_path=launch.ready_path,
        ),
        startup_timeout_s=min(LONGEST_START_S, ask.start.timeout_s),
    )
