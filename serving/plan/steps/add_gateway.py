"""What the gateway promises: the spec's routing, with defaults that follow from where it runs."""

from __future__ import annotations

from llmdeploy.serving.gateway.defaults import gateway_defaults
from llmdeploy.serving.plan.draft import Draft
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.spec.routing import Routing, RoutingPolicy

RESIDENCY_HEADER = "x-residency"
"""Where a client puts the mark of `residency`."""


def add_gateway(draft: Draft) -> Draft:
    """One GatewayPlan for every entry of the deployment."""
    server = draft.server
    if server is None or not draft.regions:
        return draft
    routing = draft.spec.routing or Routing()
    draft, policy = _policy(draft, routing)
    if routing.auth is None:
        draft = draft.decided("routing.auth", "api-key", "an open endpoint is a choice, not a default")
    defaults = gateway_defaults(
        draft.regions[0].provider,
        health_path=server.health_path,
        region_concurrency=max(region.min_replicas for region in draft.regions) * server.concurrency,
    )
    for decision in defaults.decisions:
        draft = draft.decided(decision.path, decision.value, decision.reason)
    return draft.having(
        gateway=GatewayPlan(
            policy=policy,
            auth=routing.auth or "api-key",
            affinity_header=routing.affinity,
            residency=dict(draft.spec.residency),
            residency_header=RESIDENCY_HEADER,
            health=defaults.health,
            hedge=defaults.hedge,
            retry=defaults.retry,
            outlier=defaults.outlier,
            overload=defaults.overload,
            connect_timeout_s=defaults.connect_timeout_s,
        )
    )


def _policy(draft: Draft, routing: Routing) -> tuple[Draft, RoutingPolicy]:
    if routing.policy is not None:
        return draft, routing.policy
    if any(region.weight is not None for region in draft.spec.regions):
        return draft.decided("routing.policy", "weighted", "the regions have weights"), "weighted"
    reason = "the closest healthy region answers soonest"
    return draft.decided("routing.policy", "nearest", reason), "nearest"
