"""The Cloud Run service of a replica: one L4, awake only while it is asked."""

from __future__ import annotations

from llmdeploy.serving.catalog.managed import managed_service
from llmdeploy.serving.managed.ask import ManagedAsk
from llmdeploy.serving.managed.google_container import google_container
from llmdeploy.serving.plan.managed import PROBE_S, ManagedPlan

LONGEST_START_S = 3600
"""`failureThreshold` times `periodSeconds` of a start probe (from memory of
run/docs/configuring/healthchecks)."""


def cloud_run_plan(ask: ManagedAsk) -> ManagedPlan:
    """The service's accelerator, container and time-outs: the framework's own image and command.

    Raises:
        LlmdeployError: the server cannot be started there.
    """
    service = managed_service("cloud-run")
    return ManagedPlan(
        service="cloud-run",
        shown=service.shown,
        unit=ask.chosen.instance.name,
        weights=ask.model.id,
        container=google_container(ask.launch, ask.model.id, service.shown),
        startup_timeout_s=min(LONGEST_START_S, ask.start.timeout_s),
        # One that may sleep would never, with somebody asking every few seconds whether it is awake.
        probe_s=PROBE_S if ask.least else 0.0,
    )
