"""What happens to a request between listener and route, in order."""

from __future__ import annotations

from collections.abc import Mapping

from llmdeploy.serving.gateway.access_log import CLIENT_HEADER
from llmdeploy.serving.gateway.stream_flag import stream_flag
from llmdeploy.serving.gateway.typed import Config, extension, typed, watched
from llmdeploy.serving.plan.gateway import GatewayPlan

HEALTH_PATH = "/health"
"""Answers 200 while at least one replica that this entry can reach is healthy, else 503. Needs no key."""

REGION_HEALTH_PATH = "/health/region"
"""As `/health`, of the entry's own region alone: what gateways ask each other."""

LEAST_HEALTHY_PERCENT = 1
"""The smallest share that Envoy tells from none: it counts in whole percents."""

API_KEYS = "llmdeploy.api_keys"
"""The name under which the keys' file is watched."""


def http_filters(
    gateway: GatewayPlan, health: Mapping[str, str], directory: str, keys_file: str
) -> list[Config]:
    """The filters of one entry; `health` maps each health page to the cluster whose health it reports."""
    keys = [_watched_keys(directory, keys_file)] if gateway.auth == "api-key" else []
    pages = [health_page(path, chain_name) for path, chain_name in health.items()]
    return [*pages, *keys, _size_limit(gateway), stream_flag(), _router()]


def api_key_auth(api_keys: Mapping[str, str]) -> Config:
    """The filter that asks for a Bearer key; `api_keys` maps a client's name to its key.

    A resource of its own, so that a changed key reaches Envoy without draining a connection.
    """
    return typed(
        "config.core.v3.TypedExtensionConfig",
        name=API_KEYS,
        typed_config=typed(
            "extensions.filters.http.api_key_auth.v3.ApiKeyAuth",
            credentials=[{"client": name, "key": key} for name, key in sorted(api_keys.items())],
            key_sources=[{"header": "authorization"}],
            forwarding={"header": CLIENT_HEADER, "hide_credentials": True},
        ),
    )


def _watched_keys(directory: str, keys_file: str) -> Config:
    return {
        "name": API_KEYS,
        "config_discovery": {
            "config_source": watched(directory, keys_file),
            "type_urls": ["type.googleapis.com/envoy.extensions.filters.http.api_key_auth.v3.ApiKeyAuth"],
        },
    }


def health_page(path: str, cluster_name: str) -> Config:
    """The filter that answers a path with what is known of a cluster's health."""
    return extension(
        "envoy.filters.http.health_check",
        "extensions.filters.http.health_check.v3.HealthCheck",
        pass_through_mode=False,
        headers=[{"name": ":path", "string_match": {"exact": path}}],
        cluster_min_healthy_percentages={cluster_name: {"value": LEAST_HEALTHY_PERCENT}},
    )


def _size_limit(gateway: GatewayPlan) -> Config:
    return extension(
        "envoy.filters.http.buffer",
        "extensions.filters.http.buffer.v3.Buffer",
        max_request_bytes=gateway.overload.max_request_bytes,
    )


def _router() -> Config:
    return extension(
        "envoy.filters.http.router", "extensions.filters.http.router.v3.Router", suppress_envoy_headers=True
    )
