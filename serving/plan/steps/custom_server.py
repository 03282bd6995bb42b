"""Any OpenAI-compatible server, by the command in the spec."""

from __future__ import annotations

from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.model import ServerPlan
from llmdeploy.serving.plan.sources import resolved_source

CONCURRENCY = 64
"""Requests at once that a server of unknown make is trusted with; it queues the others itself."""
STARTUP_TIMEOUT_S = 300.0
DRAIN_TIMEOUT_S = 30.0


def custom_server(draft: Draft) -> Draft:
    """The server that the spec's command starts, with the endpoints it names."""
    framework = draft.spec.framework
    if framework.command is None:
        return draft
    health_path = framework.health_path or "/health"
    if framework.health_path is None:
        draft = draft.decided("framework.health_path", health_path, "what most inference servers answer on")
    return draft.having(
        server=ServerPlan(
            kind="custom",
            command=framework.command,
            weights=resolved_source(draft, draft.spec.model.id),
            health_path=health_path,
            metrics_path=framework.metrics_path or "",
            concurrency=CONCURRENCY,
            startup_timeout_s=STARTUP_TIMEOUT_S,
            drain_timeout_s=DRAIN_TIMEOUT_S,
        )
    )
