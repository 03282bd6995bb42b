"""The Cloud Run service of a replica: one L4, awake only while it is asked."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.managed.google_weights import google_arguments
from llmdeploy.serving.plan.managed import ManagedContainer, ManagedPlan

LONGEST_START_S = 3600
"""`failureThreshold` times `periodSeconds` of a start probe (from memory of
run/docs/configuring/healthchecks)."""
PROBE_S = 15.0


def cloud_run_plan(ask: ManagedAsk) -> ManagedPlan:
    """The service's accelerator, container and time-outs: the framework's own image and command.

    Raises:
        LlmdeployError: the server cannot be started there.
    """
    service, launch = managed_service("cloud-run"), ask.launch
    return ManagedPlan(
        service="cloud-run",
        shown=service.shown,
        unit=ask.chosen.instance.name,
        weights=ask.model.id,
        container=ManagedContainer(
            image=f"{launch.image}:{launch.tag}",
            command=google_arguments(launch, ask.model.id, service.shown),
            environment=launch.environment,
            port=launch.port,
            health_path=launch.ready_path,
        ),
        startup_timeout_s=min(LONGEST_START_S, ask.start.timeout_s),
        # One that may sleep would never, with somebody asking every few seconds whether it is awake.
        probe_s=PROBE_S if ask.least else 0.0,
    )
