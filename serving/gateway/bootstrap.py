"""What Envoy is started with: where it finds the rest, its administration socket, and its limits."""

from __future__ import annotations

from llmdeploy.serving.gateway.typed import Config, extension, watched

MAX_HEAP_BYTES = 512 * 1024 * 1024
"""Past 95 % of this the gateway answers 503 rather than being killed for its memory. Measured in use: 60 to
75 MiB."""

MAX_CLIENT_CONNECTIONS = 10_000
"""Connections of clients, all entries together; an idle one was measured to cost 17 KiB."""

ADMIN_MODE = 0o600

RUNTIME = {
    # A residency mark given twice must be matched as `eu,us`, which is unknown, not as either of the two.
    "envoy.reloadable_features.match_headers_individually": False,
}


def bootstrap(directory: str, admin_socket: str, clusters_file: str, listeners_file: str) -> Config:
    """The bootstrap configuration. It never changes while a gateway lives."""
    return {
        "node": {"id": "llmdeploy-gateway", "cluster": "llmdeploy"},
        "admin": {"address": {"pipe": {"path": admin_socket, "mode": ADMIN_MODE}}},
        "dynamic_resources": {
            "cds_config": watched(directory, clusters_file),
            "lds_config": watched(directory, listeners_file),
        },
        "overload_manager": _overload_manager(),
        "layered_runtime": {"layers": [{"name": "static", "static_layer": RUNTIME}]},
    }


def _overload_manager() -> Config:
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            extension(
                "envoy.resource_monitors.fixed_heap",
                "extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
                max_heap_size_bytes=MAX_HEAP_BYTES,
            ),
            extension(
                "envoy.resource_monitors.global_downstream_max_connections",
                "extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                max_active_downstream_connections=MAX_CLIENT_CONNECTIONS,
            ),
        ],
        "actions": [
            _action("envoy.overload_actions.shrink_heap", 0.9),
            _action("envoy.overload_actions.stop_accepting_requests", 0.95),
        ],
    }


def _action(name: str, threshold: float) -> Config:
    trigger = {"name": "envoy.resource_monitors.fixed_heap", "threshold": {"value": threshold}}
    return {"name": name, "triggers": [trigger]}
