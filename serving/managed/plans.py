"""The plan of a managed endpoint, service by service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.managed.azure_ml import azure_ml_plan
from llmdeploy.serving.managed.bedrock import bedrock_plan
from llmdeploy.serving.managed.cloud_run import cloud_run_plan
from llmdeploy.serving.managed.sagemaker import sagemaker_plan
from llmdeploy.serving.managed.vertex import vertex_plan
from llmdeploy.serving.plan.managed import ManagedLimit, ManagedPlan
from llmdeploy.serving.spec.managed import Service

PLANS: Final[dict[Service, Callable[[ManagedAsk], ManagedPlan]]] = {
    "sagemaker": sagemaker_plan,
    "vertex": vertex_plan,
    "cloud-run": cloud_run_plan,
    "bedrock": bedrock_plan,
    "azure-ml": azure_ml_plan,
}


def managed_plan(service: Service, ask: ManagedAsk) -> ManagedPlan:
    """The endpoint that runs the replica, with the limits that no spec can change."""
    limits = tuple(ManagedLimit(what=what, source=source) for what, source in managed_service(service).limits)
    return PLANS[service](ask).model_copy(update={"limits": limits})
