"""A replica that a cloud's own service is to run."""

from __future__ import annotations

from dataclasses import dataclass

from llmdeploy.serving.frameworks.launch import Launch
from llmdeploy.serving.placement.place import Option
from llmdeploy.serving.plan.model import ModelPlan
from llmdeploy.serving.spec import ServingSpec
from llmdeploy.serving.spec.region import Region
from llmdeploy.serving.startup.plan import StartupPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagedAsk:
    """What placement has found for it.

    Args:
        launch: the container as it would be started on an instance: the framework's own command line.
        least: replicas at least; 0 where the endpoint may sleep.
    """

    spec: ServingSpec
    region: Region
    model: ModelPlan
    chosen: Option
    launch: Launch
    start: StartupPlan
    least: int
