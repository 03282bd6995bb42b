"""What the gateway writes down of a request: who answered, how long it took, never a prompt or a key."""

from __future__ import annotations

from llmdeploy.serving.gateway.endpoints import METADATA
from llmdeploy.serving.gateway.routes import REQUEST_METADATA
from llmdeploy.serving.gateway.typed import Config, extension

CLIENT_HEADER = "x-llmdeploy-client"
"""Carries the name (never the value) of the key that a request came with."""

TTFT_MS = "%COMMON_DURATION(DS_RX_BEG:US_RX_BODY_BEG:ms)%"
"""From the request's first byte to the first byte of the answer's body: a stream's time to first token as the
gateway sees it, as servers such as vLLM send headers before there is a token."""

_REGION = f"%UPSTREAM_METADATA({METADATA}:region)%"


def access_logs(entry_region: str) -> list[Config]:
    """JSON lines on standard output (the supervisor rotates them), and histograms for the metrics page."""
    return [_lines(entry_region), _histograms()]


def _lines(entry_region: str) -> Config:
    return extension(
        "envoy.access_loggers.stdout",
        "extensions.access_loggers.stream.v3.StdoutAccessLog",
        log_format={
            "json_format": {
                "time": "%START_TIME%",
                "request_id": "%REQ(X-REQUEST-ID)%",
                "entry": entry_region,
                "client": f"%REQ({CLIENT_HEADER})%",
                "method": "%REQ(:METHOD)%",
                "path": "%PATH(NQ)%",
                "stream": f"%DYNAMIC_METADATA({REQUEST_METADATA}:stream)%",
                "status": "%RESPONSE_CODE%",
                "flags": "%RESPONSE_FLAGS%",
                "detail": "%RESPONSE_CODE_DETAILS%",
                "region": _REGION,
                "replica": f"%UPSTREAM_METADATA({METADATA}:replica)%",
                "tries": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
                "ttft_ms": TTFT_MS,
                "duration_ms": "%DURATION%",
                "bytes_in": "%BYTES_RECEIVED%",
                "bytes_out": "%BYTES_SENT%",
            }
        },
    )


def _histograms() -> Config:
    tags = [
        {"name": "region", "value_format": _REGION},
        {"name": "stream", "value_format": f"%DYNAMIC_METADATA({REQUEST_METADATA}:stream)%"},
    ]
    logger = extension(
        "envoy.access_loggers.stats",
        "extensions.access_loggers.stats.v3.Config",
        stat_prefix="llmdeploy_gateway",
        histograms=[
            {"stat": {"name": "ttft_ms", "tags": tags}, "unit": "Milliseconds", "value_format": TTFT_MS},
            {
                "stat": {"name": "duration_ms", "tags": tags},
                "unit": "Milliseconds",
                "value_format": "%DURATION%",
            },
        ],
    )
    return {**logger, "filter": {"and_filter": {"filters": [_posted(), _answered()]}}}


def _posted() -> Config:
    """Of other requests nobody waits for a token."""
    return {"header_filter": {"header": {"name": ":method", "string_match": {"exact": "POST"}}}}


def _answered() -> Config:
    """An error has no time to first token."""
    below = {"default_value": 399, "runtime_key": "llmdeploy.histograms.below"}
    return {"status_code_filter": {"comparison": {"op": "LE", "value": below}}}
