"""The gateway's own answers, in the shape that OpenAI's clients read errors from."""

from __future__ import annotations

from llmdeploy.serving.gateway.typed import Config
from llmdeploy.serving.plan.gateway import OverloadPlan


def local_replies(overload: OverloadPlan) -> Config:
    """Envoy's `local_reply_config`: the first mapper that matches wins. Answers of replicas pass
    unchanged."""
    retry_after = {"header": {"key": "retry-after", "value": str(overload.retry_after_s)}}
    return {
        "mappers": [
            _mapper(_status("EQ", 200), {"status": "ok"}),
            _mapper(
                _flag("UO"),
                _overloaded(f"{overload.max_requests} requests are in flight already"),
                [retry_after],
            ),
            _mapper(_flag("UH"), _overloaded("no healthy replica may take this request"), [retry_after]),
            _mapper(
                _status("EQ", 401),
                _error("invalid or missing API key", "invalid_request_error", "invalid_api_key"),
            ),
            _mapper(
                _status("EQ", 413), _error(_too_large(overload), "invalid_request_error", "request_too_large")
            ),
            _mapper(_status("EQ", 503), _overloaded("%LOCAL_REPLY_BODY%"), [retry_after]),
            _mapper(_status("GE", 500), _error("%LOCAL_REPLY_BODY%", "server_error", "gateway_error")),
        ],
        "body_format": {
            "json_format": _error("%LOCAL_REPLY_BODY%", "invalid_request_error", "invalid_request")
        },
    }


def _too_large(overload: OverloadPlan) -> str:
    return f"the request is larger than {overload.max_request_bytes} bytes"


def _overloaded(message: str) -> Config:
    return _error(message, "server_error", "overloaded")


def _error(message: str, kind: str, code: str) -> Config:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _mapper(matches: Config, body: Config, headers: list[Config] | None = None) -> Config:
    return {
        "filter": matches,
        "body_format_override": {"json_format": body},
        "headers_to_add": headers or [],
    }


def _status(operator: str, status: int) -> Config:
    value = {"default_value": status, "runtime_key": f"llmdeploy.reply.{operator}.{status}"}
    return {"status_code_filter": {"comparison": {"op": operator, "value": value}}}


def _flag(flag: str) -> Config:
    return {"response_flag_filter": {"flags": [flag]}}
