"""Plans of local deployments whose replicas are the tests' own server."""

from __future__ import annotations

from pathlib import Path

from llmdeploy.serving.gateway.defaults import gateway_defaults
from llmdeploy.serving.plan.gateway import GatewayPlan
from llmdeploy.serving.plan.model import ModelPlan, Plan, RegionPlan, ServerPlan

REPLICA_SERVER = Path(__file__).with_name("replica_server.py")


def plan(
    *regions: str, replicas: int = 1, arguments: tuple[str, ...] = (), startup_timeout_s: float = 30
) -> Plan:
    """A plan with these regions (`a`, `b`; `a` alone when none is named), each with as many replicas."""
    locations = regions or ("a",)
    return Plan(
        name="chat",
        environment="",
        variant="self-hosted",
        framework="custom",
        framework_version="",
        quantization="none",
        spec_digest="0" * 64,
        model=ModelPlan(id="test/model", revision=None, served_name="model", context_length=2048),
        regions=tuple(
            _region(location, locations, replicas, _server(arguments, startup_timeout_s))
            for location in locations
        ),
        gateway=_gateway(),
    )


def _region(location: str, locations: tuple[str, ...], replicas: int, server: ServerPlan) -> RegionPlan:
    return RegionPlan(
        name=f"local/{location}",
        provider="local",
        location=location,
        weight=1,
        min_replicas=replicas,
        max_replicas=replicas,
        failover=tuple(f"local/{other}" for other in locations if other != location),
        server=server,
    )


def _server(arguments: tuple[str, ...], startup_timeout_s: float) -> ServerPlan:
    return ServerPlan(
        kind="custom",
        command=("{python}", str(REPLICA_SERVER), "--port", "{port}", "--name", "{name}", *arguments),
        weights="random",
        health_path="/health",
        metrics_path="/metrics",
        concurrency=4,
        startup_timeout_s=startup_timeout_s,
        drain_timeout_s=3,
    )


def _gateway() -> GatewayPlan:
    found = gateway_defaults("local")
    return GatewayPlan(
        policy="nearest",
        auth="api-key",
        affinity_header=None,
        residency={},
        residency_header="x-llmdeploy-residency",
        health=found.health,
        hedge=found.hedge,
        retry=found.retry,
        outlier=found.outlier,
        overload=found.overload,
        connect_timeout_s=found.connect_timeout_s,
    )
