"""SageMaker's endpoint of a replica."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.managed.sagemaker_environment import sagemaker_environment
from llmdeploy.serving.managed.sagemaker_images import host_software, sagemaker_image
from llmdeploy.serving.plan.managed import PROBE_S, ComponentPlan, ManagedContainer, ManagedPlan
from llmdeploy.serving.spec.model import source_kind

LEAST_TIMEOUT_S, MOST_TIMEOUT_S = 60, 3600
"""Of downloading and of starting, each (botocore 1.44.8, sagemaker ProductionVariant)."""
RESERVED_MIB = 1024
"""Of an instance's memory for a copy: a reservation by which copies are placed, no limit. An instance's GPUs
already say how many there are, and how much of its memory may be asked for nobody publishes: ml.g5.xlarge
with 16 GiB takes 1,024 and refuses 4,096 (huggingface/skills#215, measured 2026-07)."""


def sagemaker_plan(ask: ManagedAsk) -> ManagedPlan:
    """The endpoint's instance, container and time-outs.

    Raises:
        LlmdeployError: there is no image of the framework there, it cannot be told what the spec asks for, or
            SageMaker cannot fetch the weights.
    """
    service = managed_service("sagemaker")
    unit = service.unit(ask.chosen.instance.name)
    if unit is None:
        raise LlmdeployError(
            f"SageMaker rents no {ask.chosen.instance.name}", "choose another GPU (`hardware.gpu`)"
        )
    _check_weights(ask.model.id)
    image = sagemaker_image(ask.launch.framework, ask.region.location, ask.spec.framework.version)
    return ManagedPlan(
        service="sagemaker",
        shown=service.shown,
        unit=unit,
        weights=ask.model.id,
        container=ManagedContainer(
            image=image.name,
            environment=sagemaker_environment(ask.launch, ask.model.id, ask.model.revision),
        ),
        host_software=host_software(unit, image.cuda),
        download_timeout_s=_timeout_s(ask.start.timeout_s),
        startup_timeout_s=_timeout_s(ask.start.timeout_s),
        component=_component(ask),
        # A single instance is all that probes keep busy; an endpoint that may have none would never sleep.
        probe_s=PROBE_S if ask.least else 0.0,
    )


def _component(ask: ManagedAsk) -> ComponentPlan | None:
    """Only copies of a component scale to none (sagemaker/latest/dg, endpoint-auto-scaling-zero-instances);
    instances that always run need none of it.
    """
    if ask.least:
        return None
    return ComponentPlan(
        accelerators=ask.chosen.gpus,
        memory_mib=RESERVED_MIB,
        # One more, for the copy that an update starts before it ends another.
        instances=max(1, ask.chosen.replicas, ask.least) + 1,
    )


def _check_weights(model: str) -> None:
    if source_kind(model) == "folder" or model.startswith("gs://"):
        raise LlmdeployError(
            f"SageMaker cannot fetch weights from {model}",
            "mirror them with `llmdeploy weights push`, and name them as s3://…",
        )


def _timeout_s(wanted: float) -> int:
    return min(MOST_TIMEOUT_S, max(LEAST_TIMEOUT_S, round(wanted)))
