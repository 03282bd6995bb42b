"""An entry's listener: how clients' connections and requests are read."""

from __future__ import annotations

from llmdeploy.serving.gateway.access_log import CLIENT_HEADER, access_logs
from llmdeploy.serving.gateway.endpoints import socket_address
from llmdeploy.serving.gateway.replies import local_replies
from llmdeploy.serving.gateway.topology import Entry
from llmdeploy.serving.gateway.typed import Config, extension, seconds, typed, watched
from llmdeploy.serving.plan.gateway import GatewayPlan

SERVER_NAME = "llmdeploy"
HEADERS_TIMEOUT_S = 10.0
"""A client gets this long to send a request's headers."""
CLOSE_DELAY_S = 0.1
"""A client learns this late that its stream is broken: Envoy holds a connection open between its last byte
and closing it, by default for 1 s, so that a client still sending can read why it was refused."""
BODY_TIMEOUT_S = 60.0
"""A client gets this long to send a whole request; answering is not counted."""
BODY_SLACK_BYTES = 64 * 1024
"""Room beside the body, so that the size limit is what refuses a request, not the buffer."""


def listener(
    entry: Entry, gateway: GatewayPlan, filters: list[Config], directory: str, routes_file: str
) -> Config:
    """The listener of one entry."""
    return typed(
        "config.listener.v3.Listener",
        name=entry.region,
        address=socket_address(entry.host, entry.port),
        # A port that somebody else holds must be an error, not shared with them.
        enable_reuse_port=False,
        # A request is held until its answer begins, so that a long prompt can be tried again elsewhere.
        per_connection_buffer_limit_bytes=gateway.overload.max_request_bytes + BODY_SLACK_BYTES,
        filter_chains=[
            {
                "filters": [
                    extension(
                        "envoy.filters.network.http_connection_manager",
                        "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                        **_connection_manager(entry, gateway, directory, routes_file),
                        http_filters=filters,
                    )
                ]
            }
        ],
    )


def _connection_manager(entry: Entry, gateway: GatewayPlan, directory: str, routes_file: str) -> Config:
    return {
        "stat_prefix": f"entry.{entry.region}",
        "rds": {"route_config_name": entry.region, "config_source": watched(directory, routes_file)},
        "access_log": access_logs(entry.region),
        "local_reply_config": local_replies(gateway.overload),
        "server_name": SERVER_NAME,
        "use_remote_address": True,
        "generate_request_id": True,
        "preserve_external_request_id": True,
        "always_set_request_id_in_response": True,
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        # A stream may be silent as long as its route allows.
        "stream_idle_timeout": "0s",
        "delayed_close_timeout": seconds(CLOSE_DELAY_S),
        "request_headers_timeout": seconds(HEADERS_TIMEOUT_S),
        "request_timeout": seconds(BODY_TIMEOUT_S),
        "early_header_mutation_extensions": [_drop_control_headers()],
    }


def _drop_control_headers() -> Config:
    """Clients must neither steer Envoy's retries and timeouts nor pretend to be another client."""
    return extension(
        "envoy.http.early_header_mutation.header_mutation",
        "extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
        mutations=[
            {"remove_on_match": {"key_matcher": {"prefix": "x-envoy-"}}},
            {"remove": CLIENT_HEADER},
        ],
    )
