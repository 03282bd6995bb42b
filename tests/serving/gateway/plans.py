"""Gateway plans for tests: the local defaults, with the delays that tests would wait for made short."""

from __future__ import annotations

from typing import Any

from llmdeploy.serving.gateway import GatewayRegion
from llmdeploy.serving.gateway.defaults import gateway_defaults
from llmdeploy.serving.plan.gateway import GatewayPlan, HedgePlan

HEDGE = HedgePlan(streaming_after_s=0.6, buffered_after_s=1.0)


def gateway_plan(**changes: Any) -> GatewayPlan:
    """The local defaults with a short hedge delay; `changes` are fields of GatewayPlan."""
    defaults = gateway_defaults("local")
    fields = {
        "policy": "nearest",
        "auth": "api-key",
        "affinity_header": None,
        "residency": {},
        "residency_header": "x-residency",
        "health": defaults.health,
        "hedge": HEDGE,
        "retry": defaults.retry,
        "outlier": defaults.outlier,
        "overload": defaults.overload,
        "connect_timeout_s": defaults.connect_timeout_s,
    }
    return GatewayPlan(**{**fields, **changes})


def regions(*names: str, weights: dict[str, int] | None = None) -> list[GatewayRegion]:
    """Regions that fail over to all others in the order given."""
    return [
        GatewayRegion(name, (weights or {}).get(name, 1), tuple(other for other in names if other != name))
        for name in names
    ]
