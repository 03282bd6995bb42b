"""SageMaker's endpoint of a replica."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.errors import LlmdeployError
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.managed.sagemaker_environment import sagemaker_environment
from llmdeploy.serving.managed.sagemaker_images import host_software, sagemaker_image
from llmdeploy.serving.plan.managed import PROBE_S, ManagedContainer, ManagedPlan
from llmdeploy.serving.spec.model import source_kind

LEAST_TIMEOUT_S, MOST_TIMEOUT_S = 60, 3600
"""Of downloading and of starting, each (botocore 1.44.8, sagemaker ProductionVariant)."""


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
        # A single instance is all that probes keep busy; an endpoint that may have none would never sleep.
        probe_s=PROBE_S if ask.least else 0.0,
    )


def _check_weights(model: str) -> None:
    if source_kind(model) == "folder" or model.startswith("gs://"):
        raise LlmdeployError(
            f"SageMaker cannot fetch weights from {model}",
            "mirror them with `llmdeploy weights push`, and name them as s3://…",
        )


def _timeout_s(wanted: float) -> int:
    return min(MOST_TIMEOUT_S, max(LEAST_TIMEOUT_S, round(wanted)))
