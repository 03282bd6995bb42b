"""Vertex AI's endpoint of a replica."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.catalog.vertex_accelerators import VertexMachine, vertex_machine
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.managed.google_container import google_container
from llmdeploy.serving.plan.managed import ManagedPlan

LONGEST_START_S = 7200
"""ModelContainerSpec.deploymentTimeout: 2 hours (discovery document of aiplatform v1, revision 20261106)."""


def vertex_plan(ask: ManagedAsk) -> ManagedPlan:
    """The endpoint's machine, container and time-outs: the framework's own image and command.

    Raises:
        LlmdeployError: Vertex AI has no name for the GPUs, or the server cannot be started there.
    """
    service = managed_service("vertex")
    return ManagedPlan(
        service="vertex",
        shown=service.shown,
        unit=machine_of(ask.chosen.instance.name).machine_type,
        weights=ask.model.id,
        container=google_container(ask.launch, ask.model.id, service.shown),
        startup_timeout_s=min(LONGEST_START_S, ask.start.timeout_s),
    )


def machine_of(instance: str) -> VertexMachine:
    """The machine of an instance type.

    Raises:
        LlmdeployError: Vertex AI has no name for its GPUs.
    """
    machine = vertex_machine(instance)
    if machine is None:
        raise LlmdeployError(
            f"Vertex AI has no name for the GPUs of {instance}", "choose another GPU (`hardware.gpu`)"
        )
    return machine
